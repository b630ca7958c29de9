"""A key means one effect: repeats, mix-ups, and two at once."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from django.db import connection

from credit.models import CreditLine, Drawdown, Quote
from platform_app.kernel.models import Event, IdempotencyRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.tenants.interfaces.api.client import Partner

Draw = Callable[..., dict[str, Any]]


def count(tenant: Tenant, table: Any) -> int:
    with tenant_scope(tenant.id):
        found: int = table.objects.count()
        return found


def test_the_same_key_and_body_repeat_the_answer(
    tenant: Tenant, owner: Partner, line: CreditLine
) -> None:
    body = {"line": line.id, "amount": 20_000, "order_no": "SO-1"}
    first = owner.post("quotes", body, key="quote-0001")
    events, quotes = count(tenant, Event), count(tenant, Quote)
    turned = dict(reversed(list(body.items())))  # serialized anew, in another order
    again = owner.post("quotes", turned, key="quote-0001")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert (count(tenant, Event), count(tenant, Quote)) == (events, quotes)


def test_the_same_key_with_another_body_is_refused(
    tenant: Tenant, owner: Partner, line: CreditLine
) -> None:
    body = {"line": line.id, "amount": 20_000, "order_no": "SO-1"}
    owner.post("quotes", body, key="quote-0001")
    quotes = count(tenant, Quote)
    answer = owner.post("quotes", {**body, "amount": 20_001}, key="quote-0001")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert count(tenant, Quote) == quotes


def test_a_key_is_asked_for(tenant: Tenant, owner: Partner, line: CreditLine) -> None:
    body = {"line": line.id, "amount": 20_000, "order_no": "SO-1"}
    for key in (None, "short", "has blanks in it", "x" * 65):
        answer = owner.call("POST", "quotes", body, key=key)
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    unknown = owner.call("POST", "quotes", {**body, "line": ""}, key=None)
    assert unknown.json()["code"] == "idempotency_key_required"  # before anything else is looked at
    assert count(tenant, Quote) == 0


def test_a_refusal_keeps_no_key(tenant: Tenant, owner: Partner, drawn: Draw) -> None:
    path = f"drawdowns/{drawn('SO-1', 100_000)['id']}/captures"
    kept = count(tenant, IdempotencyRecord)
    too_much = {"amount": 200_000, "external_id": "SHIP-1"}
    assert owner.post(path, too_much, key="ship-0001").status_code == 422
    assert count(tenant, IdempotencyRecord) == kept
    right = {"amount": 100_000, "external_id": "SHIP-1"}
    assert owner.post(path, right, key="ship-0001").status_code == 201


def test_keys_of_two_platforms_do_not_meet(owner: Partner, neighbor: Partner) -> None:
    row = {
        "order_no": "O-1",
        "merchant_external_id": "M-5",
        "ordered_on": "2026-03-01",
        "amount": 5,
    }
    for caller in (owner, neighbor):
        answer = caller.post("orders:batch", {"orders": [row]}, key="batch-0001")
        assert answer.json()["created"] == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_draw_once(
    tenant: Tenant, owner: Partner, line: CreditLine, quoted: Draw
) -> None:
    quote = quoted("SO-1", 100_000)
    body = {"line": line.id, "quote": quote["id"], "external_id": "SO-1"}

    def draw(_: int) -> tuple[int, str, str]:
        try:
            answer = Partner(owner.key_id, owner.secret).post("drawdowns", body, key="draw-0001")
            told = json.loads(answer.content)
            return answer.status_code, told.get("code", ""), told.get("id", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        contexts = [copy_context() for _ in range(4)]
        waiting = [pool.submit(context.run, draw, 0) for context in contexts]
        answers = [one.result() for one in waiting]

    good = {answer for answer in answers if answer[0] == 201}
    assert len(good) == 1  # whoever came late got the stored answer, or was told to ask again
    assert {answer for answer in answers if answer[0] != 201} <= {(409, "request_in_progress", "")}
    assert count(tenant, Drawdown) == 1
    with tenant_scope(tenant.id):
        assert CreditLine.objects.get().held_minor == 100_000
        assert Event.objects.filter(name="credit.drawdown.authorized").count() == 1
