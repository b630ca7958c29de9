"""A funding source over HTTP: what is sent, and that nothing unclear is taken for an answer."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from credit.gateways.funding import FundingAnswer, FundingOrder
from credit.gateways.http_funding import HttpFunding
from platform_app.kernel import signed_http
from platform_app.kernel.signed_http import signature
from tests.party import Heard, listening

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
ORDER = FundingOrder(key="evt:fnd:1", amount_minor=500_000, drawdown_id="drw_1", order_no="SO-1")


@pytest.fixture
def bank() -> Iterator[Heard]:
    with listening() as heard:
        yield heard


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
    monkeypatch.setattr(signed_http, "READ_SECONDS", 0.2)
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
