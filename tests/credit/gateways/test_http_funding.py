"""A funding source over HTTP: what is sent, and that nothing unclear is taken for an answer."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from credit.gateways import http_funding
from credit.gateways.funding import FundingAnswer, FundingOrder
from credit.gateways.http_funding import HttpFunding, signature

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
ORDER = FundingOrder(key="evt:fnd:1", amount_minor=500_000, drawdown_id="drw_1", order_no="SO-1")


@dataclass
class Heard:
    """What a little bank was sent, and what it answers next."""

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    requests: list[tuple[str, str, bytes, dict[str, str]]] = field(default_factory=list)
    wait: threading.Event | None = None
    port: int = 0


@pytest.fixture
def bank() -> Iterator[Heard]:
    heard = Heard()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            heard.requests.append((self.command, self.path, body, dict(self.headers)))
            if heard.wait is not None:
                heard.wait.wait(10)
            self.send_response(heard.status)
            for name, value in heard.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(heard.body)))
            self.end_headers()
            self.wfile.write(heard.body)

        do_GET = do_POST = _answer  # noqa: N815 -- http.server finds them by these names

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    heard.port = server.server_port
    try:
        yield heard
    finally:
        if heard.wait is not None:
            heard.wait.set()
        server.shutdown()
        server.server_close()
        thread.join()


def gateway(bank: Heard) -> HttpFunding:
    return HttpFunding(
        url=f"http://127.0.0.1:{bank.port}/pay", key_id="k1", secret="s3cret", now=lambda: NOW
    )


def test_what_is_sent_is_signed(bank: Heard) -> None:
    bank.body = b'{"status": "funded", "reference": "R-1"}'
    assert gateway(bank).request(ORDER) == FundingAnswer("funded", "R-1")  # type: ignore[arg-type]
    ((method, path, body, headers),) = bank.requests
    assert (method, path) == ("POST", "/pay/instructions")
    assert json.loads(body) == {
        "key": "evt:fnd:1", "amount": 500_000, "currency": "CNY", "drawdown": "drw_1",
        "order_no": "SO-1",
    }  # fmt: skip
    timestamp = int(NOW.timestamp())
    assert headers["Idempotency-Key"] == "evt:fnd:1"
    assert (headers["BT-Key-Id"], headers["BT-Timestamp"]) == ("k1", str(timestamp))
    assert headers["BT-Signature"] == signature(
        "s3cret", timestamp=timestamp, method="POST", path="/pay/instructions", body=body
    )


def test_a_question_names_the_key(bank: Heard) -> None:
    bank.body = b'{"status": "pending"}'
    assert gateway(bank).ask("evt:fnd/1").outcome == "pending"
    ((method, path, body, headers),) = bank.requests
    assert (method, path, body) == ("GET", "/pay/instructions/evt%3Afnd%2F1", b"")
    assert headers["BT-Signature"] == signature(
        "s3cret", timestamp=int(NOW.timestamp()), method="GET", path=path, body=b""
    )


@pytest.mark.parametrize(
    ("status", "body", "requested", "asked"),
    [
        (200, b'{"status": "funded"}', "funded", "funded"),
        (200, b'{"status": "failed", "code": "no_account"}', "failed", "failed"),
        (200, b'{"status": "pending"}', "pending", "pending"),
        (200, b'{"status": "paid"}', "unknown", "unknown"),
        (200, b'{"status": ["funded"]}', "unknown", "unknown"),
        (200, b"[]", "unknown", "unknown"),
        (200, b"<html>", "unknown", "unknown"),
        (200, b"\xff\xfe", "unknown", "unknown"),
        (200, b"", "unknown", "unknown"),
        (404, b'{"status": "not_found"}', "unknown", "not_found"),
        (404, b"no such page", "unknown", "unknown"),
        (404, b'{"status": "funded"}', "unknown", "unknown"),
        (400, b'{"status": "failed"}', "unknown", "unknown"),
        (500, b'{"status": "failed"}', "unknown", "unknown"),
        (302, b'{"status": "funded"}', "unknown", "unknown"),
    ],
)
def test_only_a_clear_answer_is_one(
    bank: Heard, status: int, body: bytes, requested: str, asked: str
) -> None:
    bank.status, bank.body = status, body
    bank.headers = {"Location": "/elsewhere"} if status == 302 else {}
    assert gateway(bank).request(ORDER).outcome == requested
    assert gateway(bank).ask("k").outcome == asked
    assert len(bank.requests) == 2


def test_silence_is_unknown(bank: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_funding, "READ_SECONDS", 0.2)
    bank.wait = threading.Event()
    answer = gateway(bank).request(ORDER)
    assert (answer.outcome, answer.detail) == ("unknown", "ReadTimeout")
    assert len(bank.requests) == 1


def test_a_closed_door_is_unknown(bank: Heard) -> None:
    nobody = HttpFunding(url="http://127.0.0.1:9", key_id="k", secret="s", now=lambda: NOW)
    assert nobody.ask("k").outcome == "unknown"
    assert HttpFunding(url="nonsense", key_id="k", secret="s").ask("k").outcome == "unknown"


def test_a_body_without_end_is_cut_off(bank: Heard) -> None:
    bank.body = b'{"status": "funded", "reference": "' + b"x" * 50_000 + b'"}'
    assert gateway(bank).request(ORDER).outcome == "unknown"
