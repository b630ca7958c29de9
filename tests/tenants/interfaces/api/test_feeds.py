"""Feeds: every batch of orders has a report, told again instead of written again."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Feed, Tenant, TradeOrder
from tests.tenants.interfaces.api.client import Partner

pytestmark = pytest.mark.django_db


def order(no: str, **change: Any) -> dict[str, Any]:
    return {
        "order_no": no, "merchant_external_id": "M-1", "ordered_on": "2026-03-01", "amount": 5,
    } | change  # fmt: skip


def push(owner: Partner, *orders: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = owner.post("orders:batch", {"orders": list(orders)}).json()
    return found


def test_a_batch_is_reported_row_by_row(owner: Partner) -> None:
    push(owner, order("O-1"), order("O-2"))
    sent = push(
        owner, order("O-1"), order("O-2", amount=6), order("O-3"),
        order("O-4", amount=-1, quantity=-1), order("O-5", ordered_on="2026-03-03"),
    )  # fmt: skip
    found = owner.get(f"feeds/{sent['feed']}").json()
    names = ("object", "status", "rows", "created", "revised", "repeated", "refused")
    assert [found[name] for name in names] == ["feed", "partly_taken", 5, 1, 1, 1, 2]
    assert [(one["index"], one["path"], one["code"]) for one in found["errors"]] == [
        (3, "/amount", "min_value"),
        (3, "/quantity", "min_value"),
        (4, "/ordered_on", "future_date"),
    ]
    assert found["errors"] == sent["errors"]
    refused = push(owner, order("O-6", amount=-1))
    assert owner.get(f"feeds/{refused['feed']}").json()["status"] == "refused"


def test_the_same_feed_is_told_not_doubled(tenant: Tenant, owner: Partner, at: datetime) -> None:
    rows = (order("O-1"), order("O-2", ordered_on="2026-03-03"))
    first = push(owner, *rows)
    again = push(owner, *rows)
    assert (first["feed_repeated"], again["feed_repeated"]) == (False, True)
    assert (again["feed"], again["created"], again["repeated"]) == (first["feed"], 0, 1)
    with tenant_scope(tenant.id):
        assert (Feed.objects.count(), TradeOrder.objects.count()) == (1, 1)
    with clock.travel(at + timedelta(days=1)):  # what was refused is good by now
        later = push(owner, *rows)
    assert (later["feed_repeated"], later["created"], later["errors"]) == (False, 1, [])
    push(owner, order("O-1", amount=9))
    back = push(owner, *rows)  # said again, but it brings the old amount back
    assert (back["feed_repeated"], back["revised"]) == (False, 1)


def test_feeds_are_listed_by_day(owner: Partner, neighbor: Partner) -> None:
    sent = push(owner, order("O-1"))
    for asked, ids in (
        ("", [sent["feed"]]), ("?received_on=2026-03-02", [sent["feed"]]),
        ("?received_on=2026-03-01", []),
    ):  # fmt: skip
        assert [row["id"] for row in owner.get(f"feeds{asked}").json()["data"]] == ids
    for wrong in ("2026-13-01", "today"):
        assert owner.get(f"feeds?received_on={wrong}").status_code == 422
    assert neighbor.get("feeds").json()["data"] == []
    for feed_id in (sent["feed"], "nonsense"):
        assert neighbor.get(f"feeds/{feed_id}").json()["code"] == "not_found"
