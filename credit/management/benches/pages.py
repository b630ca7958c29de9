"""`bench pages`: Lighthouse over the pages people wait for, on a phone with a slow line.

Lighthouse is an npm package, fetched when it is asked for. It drives an installed Chromium against
a real server process, with a slow 4G line and a processor four times slower. It is no part of a
test run: what it finds depends on what else the machine does, so the answer names the load. Every
page is opened `size` times, each time by a visit of its own, and the middle run counts.
"""

import gzip
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import CommandError
from django.test import Client

from credit.management.benches.drawdown import free_port, serve, stop
from credit.management.benches.lending import ACTOR, lines_of, platform_of, versions
from credit.models import CreditLine
from credit.operations.applications import NEEDED_CONSENTS
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import request_drawdown
from credit.operations.quotes import make_quotes
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.access.console import TOTP_OK
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.embed_sessions import open_session
from tenants.operations.members import create_member
from tenants.operations.merchants import upsert_merchant

LIGHTHOUSE: Final = "13.5.0"
ROOT: Final = Path(__file__).resolve().parents[3]
BIN: Final = Path(sys.executable).parent
TILE_SCRIPT: Final = ROOT / "platform_app" / "static" / "embed" / "v1.js"
TILE_BYTES: Final = 10 * 1024
LCP_MS: Final = 2_500
TRIES: Final = 4
LOST: Final = "NO_NAVSTART"
AUDITS: Final = {
    "lcp_ms": "largest-contentful-paint",
    "cls": "cumulative-layout-shift",
    "tbt_ms": "total-blocking-time",
    "bytes": "total-byte-weight",
}
ENTRY: Final = {
    "visible": True, "reason": "active", "line_status": "active",
    "display": {
        "state": "active", "limit_hint_minor": 5_000_000, "cost_hint_rate": "0.1200",
        "due_on": None, "due_minor": None, "cta": "去看看",
    },
}  # fmt: skip
SHOP: Final = """<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>shop</title></head>
<body><h1>我的订单</h1><div id="entry" style="height:88px"></div>
<script src="{script}"></script>
<script>BaiTiao.entry(document.getElementById("entry"), {{ entry: {entry} }});</script>
</body></html>"""


def run(size: int) -> dict[str, Any]:
    """`size` runs a page; the middle LCP, CLS, TBT and bytes of each, and whether goals hold."""
    tool, chrome = _lighthouse(), _chrome()
    at = clock.now()
    tenant = platform_of(clock.today(), at - timedelta(days=1))
    port = free_port()
    server = serve(port)
    try:
        with _shop(f"http://127.0.0.1:{port}") as shop_url:
            opened = _pages(tenant, f"http://127.0.0.1:{port}", shop_url, at)
            found = {
                name: _measured([_look(tool, chrome, make) for _ in range(size)])
                for name, make in opened.items()
            }
    finally:
        stop(server)
    script = len(gzip.compress(TILE_SCRIPT.read_bytes(), 9))
    return {
        "name": "pages", "size": size, "tile_script_gz_bytes": script, "pages": found,
        "goals_met": script <= TILE_BYTES
        and all(one["lcp_ms"] < LCP_MS for name, one in found.items() if name != "overview"),
        "load": os.getloadavg()[0], "lighthouse": LIGHTHOUSE, "checked": True,
        "versions": versions(),
    }  # fmt: skip


def _pages(
    tenant: Tenant, base: str, shop_url: str, at: datetime
) -> dict[str, Callable[[], tuple[str, dict[str, str]]]]:
    """For each page, how it is opened once: its address and what is sent with every request."""
    with tenant_scope(tenant.id):
        [line] = lines_of(1, at - timedelta(hours=2))
        _drawn(line, at)
        owner = line.merchant
        new, _ = upsert_merchant(external_id="N-1", name="示例新店", actor=ACTOR, at=at)
        begun, _ = upsert_merchant(external_id="N-2", name="示例店", actor=ACTOR, at=at)
        give_consents(
            merchant_id=begun.id, codes=list(NEEDED_CONSENTS), locale="zh-hans", evidence={},
            actor=ACTOR, at=at,
        )  # fmt: skip
    cookie = _signed_in(tenant, at)

    def visit(merchant: Merchant, component: str) -> Callable[[], tuple[str, dict[str, str]]]:
        return lambda: (_visit(base, merchant, component), {})

    return {
        "tile": lambda: (shop_url, {}),
        "landing": visit(new, "apply"),
        "firm": visit(begun, "apply"),
        "checkout": visit(owner, "checkout"),
        "bills": visit(owner, "bills"),
        "overview": lambda: (f"{base}/console/", {"Cookie": cookie}),
    }


def _drawn(line: CreditLine, at: datetime) -> None:
    """An order that was paid with the line and shipped."""
    quote = make_quotes(
        line_id=line.id, amount_minor=500_000, order_no="B-1", option_codes=["bullet_60"], at=at
    )[0]
    drawdown = request_drawdown(
        line_id=line.id, quote_id=quote.id, external_id="B-1", actor=ACTOR, at=at
    )
    capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=500_000, external_id="S-1", is_final=True,
        actor=ACTOR, at=at,
    )  # fmt: skip


def _visit(base: str, merchant: Merchant, component: str) -> str:
    """The address of a new visit: its secret works once."""
    is_order = component == "checkout"
    with tenant_scope(merchant.tenant_id):
        _, secret = open_session(
            merchant_id=merchant.id, component=component, origin="", return_url="",
            locale="zh-hans", order_no="SO-1" if is_order else "",
            amount_minor=500_000 if is_order else 0, actor=ACTOR, at=clock.now(),
        )  # fmt: skip
    return f"{base}/m/e/?t={merchant.tenant_id}&l=zh-hans#s={secret}"


def _signed_in(tenant: Tenant, at: datetime) -> str:
    """The cookie of an operator who has passed both steps."""
    who = create_member(
        email=f"bench@{tenant.slug}.example", name="示例", role="owner", tenant_id=tenant.id,
        password="correct horse battery staple", actor=ACTOR, at=at,  # noqa: S106 -- for this run
    )  # fmt: skip
    client = Client()
    client.force_login(who)
    session = client.session
    session[TOTP_OK] = True
    session.save()
    return f"sessionid={session.session_key}"


@contextmanager
def _shop(base: str) -> Iterator[str]:
    """A partner's page with the tile, on another origin."""
    html = SHOP.format(script=f"{base}/static/embed/v1.js", entry=json.dumps(ENTRY)).encode()

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


def _measured(runs: list[dict[str, float]]) -> dict[str, float]:
    """The middle of every figure."""
    return {name: round(statistics.median(one[name] for one in runs), 3) for name in AUDITS}


def _look(
    tool: Path, chrome: str, make: Callable[[], tuple[str, dict[str, str]]]
) -> dict[str, float]:
    """One run of Lighthouse; again with a new visit when it says that it lost its own trace."""
    for left in reversed(range(TRIES)):
        url, headers = make()
        command = [
            str(BIN / "node"), str(tool), url, "--quiet", "--output=json",
            f"--only-audits={','.join(AUDITS.values())}",
            "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
            f"--extra-headers={json.dumps(headers)}",
        ]  # fmt: skip
        done = subprocess.run(
            command, env={**os.environ, "CHROME_PATH": chrome}, capture_output=True, check=False
        )
        if done.returncode:
            msg = f"lighthouse: {done.stderr.decode()[-400:]}"
            raise CommandError(msg)
        audits = json.loads(done.stdout)["audits"]
        wrong = [audits[one].get("errorMessage", "") for one in AUDITS.values()]
        if not any(wrong):
            break
        if not left or LOST not in "".join(wrong):
            msg = f"{url}: {wrong}"
            raise CommandError(msg)
    return {name: audits[one]["numericValue"] for name, one in AUDITS.items()}


def _lighthouse() -> Path:
    """The tool, fetched into the data folder the first time."""
    folder = Path(settings.DATA) / "lighthouse"
    tool = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not tool.exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}')
        wanted = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run(
            [str(BIN / "npm"), *wanted, f"lighthouse@{LIGHTHOUSE}"], cwd=folder, check=True
        )
    return tool


def _chrome() -> str:
    named = os.environ.get("CHROME_BIN") or shutil.which("chromium")
    found = named or shutil.which("google-chrome")
    if not found:
        msg = "no Chromium here: set CHROME_BIN, or apt-get install chromium"
        raise CommandError(msg)
    return found
