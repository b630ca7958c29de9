"""Who brought which merchant, who else says so, and what risk hears of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from campaigns import errors
from campaigns.enums import AttributionHow, ClaimStatus
from campaigns.models import Attribution, AttributionClaim
from campaigns.operations.attributions import WINDOW, bind_merchant, settle_claim
from campaigns.operations.introductions import introduce
from campaigns.operations.salespeople import mark_back, mark_left
from campaigns.queries.attributions import (
    attribution_of,
    bound_counts,
    list_claims,
    merchants_of,
)
from campaigns.queries.salespeople import token_of
from platform_app.kernel.errors import NotFound, ReasonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.models import MerchantTrait
from risk.operations.findings import find_fraud
from tenants.models import Merchant, Tenant
from tests.campaigns.sellers import ACTOR, bound, everything, qr_of, seller
from tests.risk.cast import new_tenant

DAY = timedelta(days=1)


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = everything(), AuditRecord.objects.count(), Event.objects.count()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert (everything(), AuditRecord.objects.count(), Event.objects.count()) == before


def told() -> list[tuple[str, dict[str, Any]]]:
    rows = Event.objects.filter(name__startswith="campaigns.").order_by("id")
    return [(row.name, row.props) for row in rows]


def test_a_merchant_is_bound_once_for_half_a_year(shop: Merchant, now: datetime) -> None:
    who = seller("S-1", now)
    first = bound(shop, who, now)
    assert first.claim is None
    row = first.attribution
    assert (row.number, row.how, row.bound_at, row.until_at) == (1, "partner", now, now + WINDOW)
    before = everything(), told()
    assert bound(shop, who, now + DAY).attribution == row
    assert (everything(), told()) == before
    assert told() == [
        (
            "campaigns.salesperson.bound",
            {
                "code": "S-1", "how": "partner", "attribution": row.id,
                "until_at": (now + WINDOW).isoformat(),
            },
        )
    ]  # fmt: skip
    assert Event.objects.get(name="campaigns.salesperson.bound").merchant_id == shop.id
    assert attribution_of(shop.id, at=now + WINDOW - DAY) == row
    assert attribution_of(shop.id, at=now + WINDOW) is None
    again = bound(shop, who, now + WINDOW).attribution
    assert (again.number, Attribution.objects.count()) == (2, 2)
    trait = MerchantTrait.objects.get()
    assert (trait.kind, trait.masked, trait.seen_at) == ("salesperson", "王* S-1", now)


def test_a_second_one_only_leaves_a_claim(shop: Merchant, now: datetime) -> None:
    first, second = seller("S-1", now), seller("S-2", now)
    bound(shop, first, now)
    answer = bound(shop, second, now + DAY)
    assert answer.claim is not None
    assert (answer.attribution.salesperson, answer.claim.holder) == (first, first)
    assert told()[-1] == (
        "campaigns.salesperson.claimed",
        {"code": "S-2", "holder": "S-1", "claim": answer.claim.id},
    )
    before = everything(), told()
    assert bound(shop, second, now + 2 * DAY).claim == answer.claim
    assert (everything(), told()) == before
    assert bound_counts([first.id, second.id], at=now + DAY) == {first.id: 1}
    assert list(list_claims()) == [answer.claim]


def test_a_person_moves_it_with_a_reason(shop: Merchant, now: datetime) -> None:
    first, second = seller("S-1", now), seller("S-2", now)
    bound(shop, first, now)
    claim = bound(shop, second, now).claim
    assert claim is not None
    by: dict[str, Any] = {"claim_id": claim.id, "actor": ACTOR, "at": now + DAY}
    stays(ReasonNeeded, lambda: settle_claim(move=True, reason=" ", **by))
    moved = settle_claim(move=True, reason="客户 确认", **by)
    assert (moved.status, moved.reason, moved.settled_by) == ("moved", "客户 确认", ACTOR)
    row = attribution_of(shop.id, at=now + DAY)
    assert row is not None
    assert (row.salesperson, row.number, row.claim, row.until_at) == (
        second, 2, claim, now + DAY + WINDOW,
    )  # fmt: skip
    before = everything()
    settle_claim(move=True, reason="x", **by)
    assert everything() == before
    stays(errors.ClaimSettled, lambda: settle_claim(move=False, reason="x", **by))
    record = AuditRecord.objects.get(subject=claim.id)
    assert (record.action, record.reason) == (
        "campaigns.attribution_claim.moved", "客户 确认",
    )  # fmt: skip
    assert bound_counts([first.id, second.id], at=now + DAY) == {second.id: 1}
    assert [one.merchant for one in merchants_of(second.id, at=now + DAY)] == [shop]
    assert MerchantTrait.objects.count() == 2


def test_what_was_answered_is_not_asked_again(shop: Merchant, now: datetime) -> None:
    first, second = seller("S-1", now), seller("S-2", now)
    bound(shop, first, now)
    claim = bound(shop, second, now).claim
    assert claim is not None
    settle_claim(claim_id=claim.id, move=False, reason="原业务员跟进", actor=ACTOR, at=now)
    before = everything()
    again = bound(shop, second, now + DAY).claim
    assert (again, everything()) == (claim, before)
    held = attribution_of(shop.id, at=now)
    assert held is not None
    assert held.salesperson == first


def test_whoever_left_has_no_hold(shop: Merchant, now: datetime) -> None:
    first, second = seller("S-1", now), seller("S-2", now)
    bound(shop, first, now)
    claim = bound(shop, second, now).claim
    assert claim is not None
    mark_left(salesperson_id=first.id, actor=ACTOR, at=now)
    assert attribution_of(shop.id, at=now) is None
    stays(errors.SalespersonLeft, lambda: bound(shop, first, now))
    answer = bound(shop, second, now + DAY)
    assert (answer.claim, answer.attribution.number) == (None, 2)
    claim.refresh_from_db()
    assert (claim.status, claim.settled_by) == (ClaimStatus.MOVED, ACTOR)
    mark_back(salesperson_id=first.id, actor=ACTOR, at=now + DAY)
    held = attribution_of(shop.id, at=now + DAY)
    assert held is not None
    assert held.salesperson == second


def test_nothing_moves_to_whoever_left(shop: Merchant, now: datetime) -> None:
    first, second = seller("S-1", now), seller("S-2", now)
    bound(shop, first, now)
    claim = bound(shop, second, now).claim
    assert claim is not None
    mark_left(salesperson_id=second.id, actor=ACTOR, at=now)
    by: dict[str, Any] = {"claim_id": claim.id, "reason": "x", "actor": ACTOR, "at": now}
    stays(errors.SalespersonLeft, lambda: settle_claim(move=True, **by))
    assert settle_claim(move=False, **by).status == "kept"


def test_a_visit_is_introduced_or_told_why_not(shop: Merchant, now: datetime) -> None:
    first, second = seller("S-1", now), seller("S-2", now)
    token = token_of(qr_of(first, now, valid_days=1))
    visit: dict[str, Any] = {
        "merchant_id": shop.id, "session_id": "ems_1", "actor": "key_1", "code": "", "token": "",
    }  # fmt: skip
    before = everything()
    wrong: dict[type[Exception], dict[str, Any]] = {
        errors.SalespersonUnknown: {"code": "S-9"},
        errors.SalespersonTokenInvalid: {"token": "x" * 300},
        errors.SalespersonTokenExpired: {"token": token, "at": now + DAY},
    }
    for refusal, said in wrong.items():
        assert type(introduce(**{**visit, "at": now, **said})) is refusal
    assert everything() == before
    assert introduce(**visit | {"token": token, "code": "S-2"}, at=now) is None
    row = Attribution.objects.get()
    assert (row.salesperson, row.how, row.bound_by) == (first, "qr", "key_1")
    assert row.told_in.startswith("sqr_")
    assert introduce(**visit | {"code": "S-1"}, at=now) is None
    assert type(introduce(**visit | {"code": "S-2"}, at=now)) is errors.MerchantClaimed
    assert AttributionClaim.objects.get().salesperson == second


def test_another_platform_binds_nothing_here(shop: Merchant, now: datetime) -> None:
    who, other = seller("S-1", now), seller("S-2", now)
    bound(shop, who, now)
    claim = bound(shop, other, now).claim
    assert claim is not None
    by: dict[str, Any] = {"how": AttributionHow.PARTNER, "told_in": "", "actor": "x", "at": now}
    with tenant_scope(new_tenant("else-bound")):
        assert attribution_of(shop.id, at=now) is None
        stays(
            NotFound,
            lambda: bind_merchant(merchant_id=shop.id, salesperson_id=who.id, **by),
        )
        for key in (claim.id, "nonsense"):
            stays(
                NotFound,
                partial(settle_claim, claim_id=key, move=True, reason="x", actor="x", at=now),
            )
    with no_scope(), pytest.raises(NoScope):
        bind_merchant(merchant_id=shop.id, salesperson_id=who.id, **by)
    stays(NotFound, lambda: bind_merchant(merchant_id=shop.id, salesperson_id="sls_x", **by))


@pytest.mark.parametrize("count", [1, 3])
def test_counting_takes_one_statement(here: Tenant, now: datetime, count: int) -> None:
    sellers = [seller(f"S-{number}", now) for number in range(count)]
    for number, who in enumerate(sellers):
        bound(Merchant.objects.create(external_id=f"C-{number}", name="示例"), who, now)
    with CaptureQueriesContext(connection) as queries:
        assert bound_counts([one.id for one in sellers], at=now) == {one.id: 1 for one in sellers}
    assert len(queries) == 1


def test_a_whole_roster_of_merchants_is_no_finding(here: Tenant, now: datetime) -> None:
    """The pushed-down trait, from the binding to the night's search."""
    who = seller("S-1", now)
    for number in range(8):
        bound(Merchant.objects.create(external_id=f"F-{number}", name="示例"), who, now)
    assert MerchantTrait.objects.filter(kind="salesperson").count() == 8
    assert find_fraud(actor="system:fraud", at=now + DAY) == 0


def held_by(merchant: Merchant, at: datetime) -> str:
    row = attribution_of(merchant.id, at=at)
    assert row is not None
    return str(row.salesperson.code)


def test_a_merchant_moves_only_from_whom_the_claim_names(shop: Merchant, now: datetime) -> None:
    s, t, u = (seller(code, now) for code in ("S-1", "T-1", "U-1"))
    bound(shop, s, now)
    of_t, of_u = bound(shop, t, now).claim, bound(shop, u, now).claim
    assert of_t is not None
    assert of_u is not None
    settle_claim(claim_id=of_t.id, move=True, reason="客户确认", actor=ACTOR, at=now)
    of_u.refresh_from_db()
    assert (of_u.status, of_u.settled_by, of_u.reason) == ("superseded", ACTOR, "")
    by: dict[str, Any] = {"claim_id": of_u.id, "reason": "x", "actor": ACTOR, "at": now}
    for way in (True, False):
        stays(errors.ClaimSettled, partial(settle_claim, move=way, **by))
    AttributionClaim.objects.filter(pk=of_u.pk).update(
        status="open", settled_at=None, settled_by=""
    )
    stays(errors.ClaimSettled, lambda: settle_claim(move=True, **by))
    assert held_by(shop, now) == "T-1"
    anew = bound(shop, u, now + DAY).claim
    assert anew is not None
    assert (anew.holder, anew.status, anew.id == of_u.id) == (t, "open", False)
    of_u.refresh_from_db()
    assert of_u.status == "superseded"


def test_a_claim_on_whoever_left_does_not_follow_the_next(shop: Merchant, now: datetime) -> None:
    s, t, u = (seller(code, now) for code in ("S-1", "T-1", "U-1"))
    bound(shop, s, now)
    old = bound(shop, t, now).claim
    mark_left(salesperson_id=s.id, actor=ACTOR, at=now)
    assert (bound_counts([s.id], at=now), list(merchants_of(s.id, at=now))) == ({}, [])
    assert bound(shop, u, now).claim is None
    anew = bound(shop, t, now).claim
    assert old is not None
    assert anew is not None
    old.refresh_from_db()
    assert (old.status, anew.holder, anew.status) == ("superseded", u, "open")
    settle_claim(claim_id=anew.id, move=False, reason="a\x00b", actor=ACTOR, at=now)
    before = everything()
    assert (bound(shop, t, now + DAY).claim, everything()) == (anew, before)
    assert AttributionClaim.objects.get(pk=anew.id).reason == "ab"
