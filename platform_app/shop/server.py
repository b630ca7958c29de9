"""The shop's server: pages, and a few small calls its own pages make."""

import json
import sys
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from platform_app.shop import pages
from platform_app.shop.client import Api, ApiRefused
from platform_app.shop.orders import Order, Orders

FILES: Final = {"/shop.css": "text/css", "/shop.js": "text/javascript"}
COMPONENTS: Final = ("apply", "checkout", "line", "bills")


class Shop(ThreadingHTTPServer):
    """One shop with one buyer, known to the API as `merchant_no`."""

    daemon_threads = True

    def __init__(self, port: int, *, api: Api, merchant_no: str) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.api = api
        self.orders = Orders()
        self.origin = f"http://localhost:{self.server_port}"
        self.merchant_no = merchant_no

    def merchant_id(self) -> str:
        """The buyer's id at the API, looked up by the shop's own number."""
        return str(self.api.call("GET", f"/api/v1/merchants/ext:{self.merchant_no}")["id"])


class Handler(BaseHTTPRequestHandler):
    """GET shows a page, POST does one thing and answers JSON."""

    server: Shop

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path in FILES:
            text = (Path(__file__).parent / path.removeprefix("/")).read_text(encoding="utf-8")
            self._answer(text, FILES[path])
        elif path == "/":
            self._answer(pages.listing(self.server.orders, self.server.api.base))
        elif path.startswith("/orders/") and self._order(path.removeprefix("/orders/")):
            order = self.server.orders.all[path.removeprefix("/orders/")]
            self._answer(pages.order_page(order, self.server.api.base))
        elif path.removeprefix("/visit/") in COMPONENTS:
            self._answer(pages.visit_page(path.removeprefix("/visit/"), self.server.api.base))
        else:
            self._answer("没有这个页面", status=HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        acts: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
            "/entry": self._entry,
            "/session": self._session,
            "/confirm": self._confirm,
            "/ship": self._ship,
        }
        try:
            act = acts[self.path]
            said = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
            self._answer(json.dumps(act(said)), "application/json")
        except (LookupError, ValueError) as error:
            self._answer(repr(error), status=HTTPStatus.BAD_REQUEST)
        except ApiRefused as refusal:
            self.log_message("%s", refusal)
            self._answer(json.dumps(refusal.problem), "application/json", HTTPStatus.BAD_GATEWAY)

    def _entry(self, said: dict[str, Any]) -> dict[str, Any]:
        """Whether the buyer sees the tile, asked on the server: the browser has no key."""
        path = f"/api/v1/entry?external_id={self.server.merchant_no}"
        return self.server.api.call("GET", path, locale=_locale(said))

    def _session(self, said: dict[str, Any]) -> dict[str, Any]:
        """Open a visit for the buyer, bound to this origin and, with an order, to its amount."""
        order = self._order(said["order"])
        body = {
            "merchant": self.server.merchant_id(),
            "component": said["component"],
            "origin": self.server.origin,
            "return_url": f"{self.server.origin}/",
            "locale": _locale(said),
        }
        if order:
            body |= {"order_no": order.no, "amount": order.amount_minor}
        return {"url": self.server.api.call("POST", "/api/v1/embed_sessions", body)["url"]}

    def _confirm(self, said: dict[str, Any]) -> dict[str, Any]:
        """What the page claims is checked against the API before the order counts as paid."""
        order, drawdown = self._known(said), str(said["drawdown"])
        found = self.server.api.call("GET", f"/api/v1/drawdowns/{drawdown}")
        is_ours = (found["order_no"], found["amount"]) == (order.no, order.amount_minor)
        if is_ours and found["status"] in {"authorized", "repaying", "paid_off"}:
            order.drawdown_id = drawdown
            order.state = "已付款" if found["status"] == "authorized" else "已发货"
        return {"state": order.state}

    def _ship(self, said: dict[str, Any]) -> dict[str, Any]:
        """The goods leave: what was reserved becomes a loan."""
        order = self._known(said)
        self.server.api.call(
            "POST",
            f"/api/v1/drawdowns/{order.drawdown_id}/captures",
            {"amount": order.amount_minor, "external_id": f"{order.no}-ship", "final": True},
        )
        order.state = "已发货"
        return {"state": order.state}

    def _order(self, number: str) -> Order | None:
        return self.server.orders.all.get(number)

    def _known(self, said: dict[str, Any]) -> Order:
        """Raises KeyError."""
        return self.server.orders.all[said["order"]]

    def _answer(
        self, text: str, kind: str = "text/html", status: HTTPStatus = HTTPStatus.OK
    ) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the base class's name
        """Only what went wrong is worth a line."""
        if args and isinstance(args[0], ApiRefused):
            sys.stderr.write(f"{format % args}\n")


def _locale(said: dict[str, Any]) -> str:
    return "en" if said.get("locale") == "en" else "zh-hans"
