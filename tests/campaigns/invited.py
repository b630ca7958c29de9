"""Merchants that invite and are invited, for tests, through the public operations."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from campaigns.models import Coupon, InvitationLink, Referral, ReferralProgram
from campaigns.operations.coupons import BatchTerms, make_batch
from campaigns.operations.invitations import issue_link, join_with
from campaigns.operations.referral_program import ReferralTerms, start_program
from campaigns.queries.referrals import token_of_link
from credit.models import CreditLine
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import TraitKind
from risk.operations.traits import see_trait
from tenants.models import Merchant, Tenant
from tenants.operations.merchants import upsert_merchant
from tests.campaigns.sellers import SHOP
from tests.credit import lives
from tests.credit.coupons import AMOUNT_OFF

ACTOR = "usr_test"
TERMS = {"cap_count": 2, "hold_days": 7, "window_days": 30}


@dataclass(frozen=True)
class Cast:
    """A platform whose merchant with a line has a link, and another merchant that has nothing."""

    tenant: Tenant
    program: ReferralProgram
    line: CreditLine
    link: InvitationLink
    friend: Merchant
    inviter: Merchant


def batch_id(code: str, at: datetime, **changes: Any) -> str:
    terms = BatchTerms(
        code=code, gives=replace(AMOUNT_OFF, **{"minimum_minor": 0, **changes}), stock_count=10,
        budget_minor=100_000,
    )  # fmt: skip
    return str(make_batch(terms=terms, actor=ACTOR, at=at).id)


def started(at: datetime, no: str = "", **changes: Any) -> ReferralProgram:
    """¥20 off for each side, two a month, seven days of waiting, thirty for the first order."""
    said: dict[str, Any] = {"entry_url": f"{SHOP}/credit", **TERMS, **changes}
    for side, kind in (("inviter_batch_id", "OLD"), ("invitee_batch_id", "NEW")):
        if side not in said:
            said[side] = batch_id(f"{kind}{no}", at)
    return start_program(terms=ReferralTerms(**said), actor=ACTOR, at=at)


def shop(number: str, at: datetime) -> Merchant:
    found, _ = upsert_merchant(external_id=number, name=f"示例店{number}", actor=ACTOR, at=at)
    return found


def cast_of(tenant: Tenant, at: datetime) -> Cast:
    Tenant.objects.filter(pk=tenant.pk).update(embed_origins=[SHOP])
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("A-1", at), at)
        program = started(at)
        link = issue_link(merchant_id=line.merchant_id, actor=ACTOR, at=at)
        friend = lives.merchant_with_trade("B-1", at)
        return Cast(
            tenant=tenant, program=program, line=line, link=link, friend=friend,
            inviter=line.merchant,
        )  # fmt: skip


def joined(link: InvitationLink, who: Merchant, at: datetime) -> Referral:
    return join_with(
        token=token_of_link(link), invitee_id=who.id, told_in="ems_1", actor=ACTOR, at=at
    )


def shipped(who: Merchant, at: datetime) -> CreditLine:
    """The invited merchant gets its line, and its first order is shipped."""
    line = lives.line_of(who, at)
    lives.drawn(line, 200_000, f"SO-{who.external_id}", at)
    return line


def alike(kind: TraitKind, *those: Merchant, at: datetime) -> None:
    for one in those:
        see_trait(merchant_id=one.id, kind=kind, value="13800000009", masked="***", at=at)


def everything() -> dict[str, Any]:
    """What would tell if something had moved."""
    tables: Any = (Coupon, InvitationLink, Referral, ReferralProgram)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in tables}


def one_of_each(line: CreditLine, no: str, at: datetime) -> None:
    """A program, a link of this merchant, and another one that came with it."""
    if not ReferralProgram.objects.exists():
        Tenant.objects.filter(pk=line.tenant_id).update(embed_origins=[SHOP])
        started(at, no)
    link = issue_link(merchant_id=line.merchant_id, actor=ACTOR, at=at)
    joined(link, shop(f"R-{no}", at), at)
