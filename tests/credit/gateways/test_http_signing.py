"""A bureau over HTTP: what is sent, and that nothing unclear is taken for a signature."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from credit.gateways.http_signing import HttpSigner
from credit.gateways.signing import SigningAnswer, SigningOrder
from platform_app.kernel.signed_http import signature
from tests.party import Heard, listening

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
ORDER = SigningOrder(
    key="csg_1", digest=bytes(range(32)), title="协议 XY-1", signer_name="示例店",
    registration_no="91000000004LNH164D",
)  # fmt: skip


@pytest.fixture
def bureau() -> Iterator[Heard]:
    with listening() as heard:
        yield heard


def signer(bureau: Heard) -> HttpSigner:
    return HttpSigner(
        url=f"http://127.0.0.1:{bureau.port}/v1", key_id="k1", secret="s3cret", now=lambda: NOW
    )


def test_only_a_hash_leaves_and_it_is_signed(bureau: Heard) -> None:
    bureau.body = b'{"status": "signed", "cms": "AAEC"}'
    assert signer(bureau).sign(ORDER) == SigningAnswer("signed", b"\x00\x01\x02")  # type: ignore[arg-type]
    ((method, path, body, headers),) = bureau.requests
    assert (method, path) == ("POST", "/v1/signatures")
    assert json.loads(body) == {
        "key": "csg_1", "digest": bytes(range(32)).hex(), "hash": "sha256", "title": "协议 XY-1",
        "signer": "示例店", "registration_no": "91000000004LNH164D",
    }  # fmt: skip
    assert headers["Idempotency-Key"] == "csg_1"
    assert headers["BT-Signature"] == signature(
        "s3cret", timestamp=int(NOW.timestamp()), method="POST", path=path, body=body
    )


@pytest.mark.parametrize(
    ("status", "body", "signed", "asked"),
    [
        (200, b'{"status": "signed", "cms": "AAEC"}', "signed", "signed"),
        (200, b'{"status": "signed", "cms": "?"}', "unknown", "unknown"),
        (200, b'{"status": "signed"}', "unknown", "unknown"),
        (200, b'{"status": "failed", "code": "no"}', "failed", "failed"),
        (200, b'{"status": "pending"}', "pending", "pending"),
        (200, b'{"status": "done"}', "unknown", "unknown"),
        (200, b"<html>", "unknown", "unknown"),
        (500, b'{"status": "signed", "cms": "AAEC"}', "unknown", "unknown"),
        (404, b'{"status": "not_found"}', "unknown", "not_found"),
        (404, b"not found", "unknown", "unknown"),
        (302, b"", "unknown", "unknown"),
    ],
)
def test_what_is_unclear_is_unknown(
    bureau: Heard, status: int, body: bytes, signed: str, asked: str
) -> None:
    bureau.status, bureau.body = status, body
    assert signer(bureau).sign(ORDER).outcome == signed
    assert signer(bureau).ask("csg_1").outcome == asked


def test_silence_is_unknown() -> None:
    nobody = HttpSigner(url="http://127.0.0.1:1", key_id="k", secret="s", now=lambda: NOW)
    assert nobody.sign(ORDER).outcome == "unknown"
