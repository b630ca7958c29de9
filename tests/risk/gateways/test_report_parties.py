"""Parties that report: what is sent, and that nothing unclear is taken for an answer."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest

from platform_app.kernel.signed_http import signature
from risk.enums import ReportKind
from risk.gateways.http_reports import HttpReports
from risk.gateways.reports import InProcessReports, ReportOrder
from tests.party import Heard, listening

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
TODAY = date(2026, 3, 2)


def order(registration_no: str = "91440300MA5EXAMPL1", kind: str = "bureau") -> ReportOrder:
    return ReportOrder(
        key="rpq_1", on=TODAY, kind=ReportKind(kind), registration_no=registration_no,
        consent_id="cns_1", consent_sha256="ab" * 32,
    )  # fmt: skip


@pytest.fixture
def bureau() -> Iterator[Heard]:
    with listening() as heard:
        yield heard


def gateway(bureau: Heard) -> HttpReports:
    return HttpReports(
        url=f"http://127.0.0.1:{bureau.port}/v1", key_id="k1", secret="s3cret", now=lambda: NOW
    )


def test_what_is_sent_is_signed_and_names_the_consent(bureau: Heard) -> None:
    bureau.body = b'{"status": "found", "on": "2026-03-01", "values": {"other_loans_minor": 5}}'
    answer = gateway(bureau).fetch(order())
    assert (answer.outcome, answer.on) == ("found", date(2026, 3, 1))
    assert answer.values == {"other_loans_minor": 5}
    ((method, path, body, headers),) = bureau.requests
    assert (method, path) == ("POST", "/v1/reports")
    assert json.loads(body) == {
        "key": "rpq_1", "kind": "bureau", "registration_no": "91440300MA5EXAMPL1",
        "on": "2026-03-02", "consent": "cns_1", "consent_sha256": "ab" * 32,
    }  # fmt: skip
    assert headers["Idempotency-Key"] == "rpq_1"
    assert headers["BT-Signature"] == signature(
        "s3cret", timestamp=int(NOW.timestamp()), method="POST", path="/v1/reports", body=body
    )


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (200, b'{"status": "no_record"}', "no_record"),
        (200, b'{"status": "found"}', "unknown"),
        (200, b'{"status": "found", "on": "2026-13-01", "values": {}}', "unknown"),
        (200, b'{"status": "found", "on": "2026-03-01", "values": []}', "unknown"),
        (200, b'{"status": "ok", "on": "2026-03-01", "values": {}}', "unknown"),
        (200, b"[]", "unknown"),
        (200, b"<html>", "unknown"),
        (404, b'{"status": "no_record"}', "unknown"),
        (500, b'{"status": "found", "on": "2026-03-01", "values": {}}', "unknown"),
    ],
)
def test_only_a_clear_answer_is_one(bureau: Heard, status: int, body: bytes, outcome: str) -> None:
    bureau.status, bureau.body = status, body
    assert gateway(bureau).fetch(order()).outcome == outcome


def test_the_party_in_this_process() -> None:
    party = InProcessReports()
    first, again = (party.fetch(order()) for _ in range(2))
    assert first == again
    assert (first.outcome, first.on, sorted(first.values)) == (
        "found", TODAY,
        ["company_age_days", "credit_inquiries_l6_count", "other_loans_minor",
         "other_overdue_minor", "paid_in_capital_minor"],
    )  # fmt: skip
    assert sorted(party.fetch(order(kind="bank")).values) == [
        "bank_inflow_l12_minor", "bank_inflow_l3_minor", "bank_returned_l12_count",
    ]  # fmt: skip
    assert party.fetch(order("7")).outcome == "no_record"
    late = InProcessReports()
    assert [late.fetch(order("8")).outcome for _ in range(2)] == ["unknown", "found"]
