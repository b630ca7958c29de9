"""The entry tile: closed unless there is a reason to open, and it always says why."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from credit.models import Application, CreditLine, Offer, ProductVersion
from credit.operations.applications import submit_application
from credit.operations.launch import ORDER_CREDIT
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import WatchKind, WatchReason
from risk.operations.watch_list import add_watch_entry
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tests.credit import lives, signing
from tests.tenants.interfaces.api.client import Partner

PATH = "entry?external_id=M-1"


def told(caller: Partner, path: str = PATH, **headers: str) -> dict[str, Any]:
    answer = caller.get(path, **headers)
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def hidden(caller: Partner, reason: str, path: str = PATH) -> dict[str, Any]:
    found = told(caller, path)
    assert (found["visible"], found["reason"], found["display"]) == (False, reason, None)
    assert (found["line_status"], found["next_action"]) == (None, None)
    return found


def test_one_we_were_not_told_of_is_hidden_not_404(owner: Partner, tenant: Tenant) -> None:
    found = hidden(owner, "no_such_merchant")
    assert found["external_id"] == "M-1"
    assert found["reason_message_en"] == "The platform has not told us of this merchant."
    for odd in ("", "%00", "x" * 300, "M-1%27"):
        hidden(owner, "no_such_merchant", f"entry?external_id={odd}")
    hidden(owner, "no_such_merchant", "entry")


def test_another_platforms_merchant_is_not_known(
    owner: Partner, neighbor: Partner, merchant: Merchant
) -> None:
    assert told(owner)["visible"]
    hidden(neighbor, "no_such_merchant")


def test_without_an_order_there_is_nothing_to_see(
    owner: Partner, tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        upsert_merchant(external_id="M-1", name="示例店", actor=lives.ACTOR, at=at)
    hidden(owner, "below_minimum_trade")


def test_one_that_was_not_scored_yet_may_apply(owner: Partner, merchant: Merchant) -> None:
    found = told(owner)
    assert (found["visible"], found["reason"], found["line_status"]) == (True, "eligible", None)
    assert found["display"] == {
        "state": "eligible", "limit_hint_minor": None, "cost_hint_rate": None, "due_on": None,
        "due_minor": None, "cta": found["display"]["cta"],
    }  # fmt: skip
    assert found["next_action"]["code"] == "apply"


def test_one_on_a_blocking_list_sees_nothing(
    owner: Partner, merchant: Merchant, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        add_watch_entry(
            merchant_id=merchant.id, kind=WatchKind.BLOCK, reason_code=WatchReason.IDENTITY,
            comment="示例原因", expires_on=clock.day_of(at) + timedelta(days=30), actor="usr_test",
            at=at,
        )  # fmt: skip
    hidden(owner, "on_list")


def test_without_a_product_there_is_nothing_to_see(owner: Partner, merchant: Merchant) -> None:
    with tenant_scope(merchant.tenant_id):
        ProductVersion.objects.update(status="retired")
    hidden(owner, "no_product")


def test_an_application_under_way_and_an_offer(
    owner: Partner, merchant: Merchant, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None,
            actor=lives.ACTOR, at=at,
        )  # fmt: skip
    assert told(owner)["reason"] == "in_progress"
    with tenant_scope(merchant.tenant_id):
        Application.objects.all().delete()
        offer = signing.offer_of(merchant, at)
    found = told(owner)
    assert (found["reason"], found["display"]["limit_hint_minor"]) == ("offer", offer.limit_minor)
    assert Decimal(found["display"]["cost_hint_rate"]) == offer.annual_rate
    with clock.travel(offer.expires_at):
        assert told(owner)["reason"] == "eligible"
    with tenant_scope(merchant.tenant_id):
        Offer.objects.update(status="expired")
        Application.objects.update(status="draft", decision=None)
    found = told(owner)
    assert (found["reason"], found["next_action"]["code"]) == ("draft", "finish_application")


def test_after_a_refusal_it_comes_back_on_the_day(
    owner: Partner, merchant: Merchant, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        submit_application(
            merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None,
            actor=lives.ACTOR, at=at,
        )  # fmt: skip
        Application.objects.update(status="declined", reapply_on=date(2026, 3, 20))
    found = hidden(owner, "declined_until")
    assert found["reason_message_en"].endswith("the next is possible on 2026-03-20.")
    with tenant_scope(merchant.tenant_id):
        Application.objects.update(reapply_on=date(2026, 3, 2))
    assert told(owner)["reason"] == "eligible"


def test_a_line_shows_what_can_be_drawn_and_what_is_due(
    owner: Partner, merchant: Merchant, line: CreditLine, at: datetime
) -> None:
    found = told(owner)
    assert (found["reason"], found["line_status"]) == ("active", "active")
    assert found["display"]["limit_hint_minor"] == line.available_minor
    assert found["next_action"]["code"] == "draw"
    with tenant_scope(line.tenant_id):
        drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
        due_on = drawdown.maturity_on
        assert due_on is not None
        lives.close_until(due_on - timedelta(days=4))
    assert told(owner)["reason"] == "active"
    assert told(owner)["display"]["due_on"] == due_on.isoformat()
    with tenant_scope(line.tenant_id):
        lives.close_until(due_on - timedelta(days=3))
    found = told(owner)
    assert (found["reason"], found["next_action"]["code"]) == ("due_soon", "repay")
    assert found["display"]["due_minor"] > 1_000_000
    with tenant_scope(line.tenant_id):
        lives.close_until(due_on + timedelta(days=5))
    found = told(owner)
    assert (found["reason"], found["display"]["limit_hint_minor"]) == ("overdue", None)
    assert found["visible"]


def test_a_suspended_line_stays_in_sight(owner: Partner, line: CreditLine) -> None:
    with tenant_scope(line.tenant_id):
        CreditLine.objects.update(status="suspended", status_reason="risk")
    found = told(owner)
    assert (found["visible"], found["reason"], found["line_status"]) == (
        True, "suspended", "suspended",
    )  # fmt: skip
    assert found["display"]["limit_hint_minor"] is None


def test_it_is_kept_for_a_minute_and_asked_again_by_its_tag(
    owner: Partner, merchant: Merchant
) -> None:
    first = owner.get(PATH)
    assert first.headers["Cache-Control"] == "private, max-age=60"
    tag = first.headers["ETag"]
    same = owner.get(PATH, **{"If-None-Match": tag})
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
    with tenant_scope(merchant.tenant_id):
        ProductVersion.objects.update(status="retired")
    changed = owner.get(PATH, **{"If-None-Match": tag})
    assert (changed.status_code, changed.json()["visible"]) == (200, False)


def test_it_speaks_the_language_of_the_request(owner: Partner, line: CreditLine) -> None:
    english = told(owner, **{"Accept-Language": "en"})
    assert (english["display"]["cta"], english["reason_message"]) == (
        "Pay with the line", "The credit line is open.",
    )  # fmt: skip


@pytest.mark.parametrize("stage", ["none", "offer", "line"])
def test_it_takes_six_statements_at_most(
    owner: Partner, merchant: Merchant, at: datetime, stage: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    with tenant_scope(merchant.tenant_id):
        if stage == "offer":
            signing.offer_of(merchant, at)
        if stage == "line":
            lives.drawn(lives.line_of(merchant, at), 500_000, "SO-1", at)
    owner.get(PATH)
    with django_assert_num_queries({"none": 6, "offer": 5, "line": 4}[stage]):
        owner.get(PATH)
