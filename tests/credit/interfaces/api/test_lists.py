"""Lists: pages by cursor, filters, and as many statements for three rows as for one."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from credit.models import Application, CreditLine
from credit.queries.status import application_next_action
from platform_app.kernel import clock, ids
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant, WebhookDelivery
from tenants.operations.webhooks import create_endpoint
from tests.credit import lives
from tests.tenants.interfaces.api.client import Partner

LISTS = {
    "merchants": 2,
    "applications": 2,
    "credit_lines": 2,
    "drawdowns": 3,
    "settlements": 2,
    "events": 2,
    "webhook_endpoints": 2,
    "webhook_deliveries": 2,
}


def fill(count: int, at: datetime) -> datetime:
    """`count` of everything; returns a moment on the first open day after it."""
    for index in range(count):
        merchant = lives.merchant_with_trade(f"M-{index}", at - timedelta(hours=1))
        line = lives.line_of(merchant, at)
        day = clock.day_of(at) + timedelta(days=index)
        later = lives.close_until(day)
        lives.drawn(line, 100_000, f"SO-{index}", later)
        endpoint, _ = create_endpoint(
            url=f"https://93.184.216.34/{index}", event_names=[], actor="usr_test", at=at
        )
        WebhookDelivery.objects.create(
            endpoint=endpoint, event_id=ids.new_id("evt"), event_name="credit.line.activated",
            body="{}", next_attempt_at=at,
        )  # fmt: skip
    return lives.close_until(date(2026, 3, 6))


@pytest.mark.parametrize("item_count", [1, 3])
def test_statements_do_not_grow_with_the_rows(
    tenant: Tenant, owner: Partner, at: datetime, item_count: int
) -> None:
    with tenant_scope(tenant.id):
        later = fill(item_count, at)
    with clock.travel(later):
        owner.get("hello")  # the day's first use of a key is noted
        for path, expected in LISTS.items():
            with CaptureQueriesContext(connection) as said:
                rows = owner.get(path).json()["data"]
            if path != "events":
                assert len(rows) == item_count, path
            assert len(said) == expected, (path, [one["sql"] for one in said])


def test_pages_follow_one_another(tenant: Tenant, owner: Partner, at: datetime) -> None:
    with tenant_scope(tenant.id):
        later = fill(3, at)
    with clock.travel(later):
        seen: list[str] = []
        after = ""
        while True:
            answer = owner.get(f"drawdowns?limit=2{after}").json()
            seen += [row["external_id"] for row in answer["data"]]
            if not answer["has_more"]:
                assert answer["next_after"] is None
                break
            after = f"&after={answer['next_after']}"
        assert seen == ["SO-0", "SO-1", "SO-2"]


@pytest.mark.parametrize(
    "asked", ["limit=0", "limit=101", "limit=x", "limit=%C2%B2", "after=nonsense", "after=mch_1"]
)
def test_a_page_that_cannot_be(owner: Partner, asked: str) -> None:
    answer = owner.get(f"drawdowns?{asked}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    name = asked.partition("=")[0]
    assert answer.json()["errors"] == [{"path": f"/{name}", "code": "invalid"}]


def test_filters(owner: Partner, line: CreditLine, drawn: Any) -> None:
    first, second = drawn("SO-1", 50_000), drawn("SO-2", 60_000)
    owner.post(f"drawdowns/{second['id']}/cancel")
    asked = {
        f"merchant={line.merchant_id}": ["SO-1", "SO-2"],
        f"line={line.id}&status=canceled": ["SO-2"],
        "external_id=SO-1": ["SO-1"],
        "order_no=SO-2": ["SO-2"],
        "status=unheard_of": [],
    }
    for query, numbers in asked.items():
        rows = owner.get(f"drawdowns?{query}").json()["data"]
        assert [row["external_id"] for row in rows] == numbers, query
    assert first["line"] == line.id


def test_lines_updated_since(owner: Partner, line: CreditLine, at: datetime) -> None:
    def asked(moment: datetime) -> list[str]:
        text = moment.astimezone(clock.SHANGHAI).isoformat().replace("+", "%2B")
        rows = owner.get(f"credit_lines?updated_since={text}").json()["data"]
        return [row["id"] for row in rows]

    assert asked(at - timedelta(days=1)) == [line.id]
    assert asked(at + timedelta(days=1)) == []
    for wrong in ("yesterday", "2026-03-02T10:00:00", "2026-13-02T10:00:00Z"):
        assert owner.get(f"credit_lines?updated_since={wrong}").status_code == 422


def test_the_next_action_of_an_approved_application_is_the_one_of_the_query(
    tenant: Tenant, owner: Partner, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("M-1", at - timedelta(hours=1))
    found = owner.post("applications", {"merchant": merchant.id}, Prefer="wait").json()
    with tenant_scope(tenant.id):
        said = application_next_action(Application.objects.get())
    assert said is not None
    shown = found["next_action"]
    assert (shown["actor"], shown["code"], shown["message_en"], shown["deadline"]) == (
        said.actor,
        said.code,
        said.message,
        said.deadline,
    )
