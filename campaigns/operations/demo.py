"""What joint operation left at a demo platform: people, a pool, coupons, invitations, a desk."""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import transaction

from campaigns.domain.slots import offered
from campaigns.enums import AttributionHow, TicketKind
from campaigns.enums.pool import ConsentBasis
from campaigns.models import Salesperson
from campaigns.operations.attributions import bind_merchant
from campaigns.operations.coupons import BatchTerms, grant_coupon, make_batch
from campaigns.operations.follow_ups import book_call_back
from campaigns.operations.invitations import issue_link, join_with
from campaigns.operations.pool_following import catch_up_pool
from campaigns.operations.pool_imports import import_pool, start_pool_import
from campaigns.operations.pool_screening import prescreen_pool
from campaigns.operations.referral_program import ReferralTerms, start_program
from campaigns.operations.salespeople import issue_qr, save_salesperson
from campaigns.operations.ticket_answers import answer_ticket
from campaigns.operations.tickets import close_ticket, open_ticket, score_ticket
from campaigns.queries.referrals import token_of_link
from credit.enums import DiscountKind, LineStatus
from credit.models import Application, CreditLine
from credit.operations.discounts import Entitlement
from credit.queries.business_day import open_day
from credit.queries.calendar import workday_test
from credit.queries.drawdowns import overdue
from platform_app.kernel import clock
from tenants.models import Merchant

ACTOR: Final = "system:demo"
_SELLERS: Final = (
    ("S-001", "王示例", "13800000001", "示例一部"),
    ("S-002", "李示例", "13800000002", "示例一部"),
    ("S-003", "赵示例", "13800000003", "示例二部"),
)
_QUESTIONS: Final = (
    (TicketKind.BILL, "这个月的账单比上个月多了几十元，是什么费用？"),
    (TicketKind.APPLICATION, "想提高额度，需要补充什么材料？"),
    (TicketKind.ORDER, "供应商分两次发货，白条怎么算？"),
)
_ANSWER: Final = "您好，多出的是上期晚还两天产生的罚息，明细在账单页可以看到。"
_BROUGHT, _COUPONED, _INVITED = 12, 8, 3


@transaction.atomic
def fill_customers(*, at: datetime) -> bool:
    """Leave a few of each through the operations, all or nothing; False when they are there.

    Needs the platform's scope, its lines and its open business day.
    """
    if Salesperson.objects.exists():
        return False
    lines = list(
        CreditLine.objects.filter(status=LineStatus.ACTIVE)
        .exclude(merchant_id__in=overdue(open_day()).values("merchant_id"))
        .select_related("merchant")
        .order_by("merchant__external_id")
    )
    _field(lines, at)
    _pool(at)
    _coupons(lines, at)
    _invitations(lines, at)
    _desk(lines, at)
    return True


def _field(lines: list[CreditLine], at: datetime) -> None:
    sellers = []
    for code, name, phone, branch in _SELLERS:
        seller, _ = save_salesperson(
            code=code, name=name, phone=phone, branch=branch, actor=ACTOR, at=at
        )
        issue_qr(salesperson_id=seller.id, entry_url="", valid_days=180, actor=ACTOR, at=at)
        sellers.append(seller)
    for number, line in enumerate(lines[:_BROUGHT]):
        bind_merchant(
            merchant_id=line.merchant_id, salesperson_id=sellers[number % len(sellers)].id,
            how=AttributionHow.PARTNER, told_in="", actor=ACTOR, at=at,
        )  # fmt: skip


def _pool(at: datetime) -> None:
    """Every merchant the platform trades with, by tier, some it only hopes for, and a bad row."""
    rows = ["external_id,name,tier"]
    known = Merchant.objects.order_by("external_id").values_list("external_id", "name")
    rows += [f"{no},{name},{'ABCD'[place % 4]}" for place, (no, name) in enumerate(known)]
    rows += [f"NEW-{number:03d},示例新店{number},C" for number in range(1, 13)]
    rows.append("NEW-013,示例新店13,E")
    content = io.BytesIO("\n".join(rows).encode())
    started, _ = start_pool_import(
        file_name="用户池.csv", content=content, actor=ACTOR, at=at,
        consent_basis=ConsentBasis.PLATFORM_AGREEMENT,
    )  # fmt: skip
    import_pool(import_id=started.id)
    catch_up_pool(actor=ACTOR, at=at)
    prescreen_pool(actor=ACTOR, at=at)


def _coupons(lines: list[CreditLine], at: datetime) -> None:
    today = open_day()
    gives = Entitlement(
        name="首单免息七天券", kind=DiscountKind.FREE_DAYS, share_rate=Decimal(1), days=7,
        cap_minor=30_000, partner_share_rate=Decimal("0.6"), operator_share_rate=Decimal("0.4"),
        minimum_minor=100_000, product_codes=(), option_codes=(), from_on=today,
        last_on=today + timedelta(days=45),
    )  # fmt: skip
    terms = BatchTerms(code="WEEK-7", gives=gives, stock_count=50, budget_minor=1_000_000)
    batch = make_batch(terms=terms, actor=ACTOR, at=at)
    room = sorted(lines, key=lambda line: line.used_minor + line.held_minor - line.limit_minor)
    for line in room[:_COUPONED]:
        grant_coupon(batch_id=batch.id, merchant_id=line.merchant_id, actor=ACTOR, at=at)


def _invitations(lines: list[CreditLine], at: datetime) -> None:
    """Terms, a link, and those who came with it: some new, one that is a customer already."""
    today = open_day()
    batches = []
    for code, name in (("INVITE", "邀请有礼券"), ("WELCOME", "受邀见面券")):
        gives = Entitlement(
            name=name, kind=DiscountKind.AMOUNT_OFF, share_rate=Decimal(1), cap_minor=5_000,
            days=None, partner_share_rate=Decimal(1), operator_share_rate=Decimal(0),
            minimum_minor=0, product_codes=(), option_codes=(), from_on=today,
            last_on=today + timedelta(days=180),
        )  # fmt: skip
        batch = BatchTerms(code=code, gives=gives, stock_count=200, budget_minor=1_000_000)
        batches.append(make_batch(terms=batch, actor=ACTOR, at=at).id)
    terms = ReferralTerms(
        inviter_batch_id=batches[0], invitee_batch_id=batches[1], cap_count=5, hold_days=14,
        window_days=90,
    )  # fmt: skip
    start_program(terms=terms, actor=ACTOR, at=at)
    known = Application.objects.filter(submitted_at__isnull=False).values("merchant_id")
    fresh = Merchant.objects.exclude(pk__in=known).exclude(
        pk__in=CreditLine.objects.values("merchant_id")
    )
    guests = [*fresh.order_by("external_id")[:_INVITED], *(line.merchant for line in lines[1:2])]
    for line in lines[:1]:
        link = issue_link(merchant_id=line.merchant_id, actor=ACTOR, at=at)
        for guest in guests:
            join_with(
                token=token_of_link(link), invitee_id=guest.id, told_in="demo", actor=ACTOR, at=at
            )


def _desk(lines: list[CreditLine], at: datetime) -> None:
    asked = []
    for line, (kind, words) in zip(lines, _QUESTIONS, strict=False):
        who = f"merchant:{line.merchant_id}"
        asked.append(
            open_ticket(
                merchant_id=line.merchant_id, kind=kind, words=words, about="", key="demo",
                actor=who, at=at,
            )
        )  # fmt: skip
    for ticket in asked[:1]:
        answer_ticket(ticket_id=ticket.id, words=_ANSWER, key="demo", actor=ACTOR, at=at)
        mine = {"ticket_id": ticket.id, "merchant_id": ticket.merchant_id, "at": at}
        close_ticket(**mine, actor=f"merchant:{ticket.merchant_id}")
        score_ticket(**mine, score=5, actor=f"merchant:{ticket.merchant_id}")
    slots = offered(at, workday_test())
    for line, slot in zip(lines[1:], slots[:2], strict=False):
        book_call_back(
            merchant_id=line.merchant_id, slot=slot, words="上午方便",
            actor=f"merchant:{line.merchant_id}", at=at,
        )  # fmt: skip


def demo_moment() -> datetime:
    """Nine o'clock of the open day, or now where it is earlier: the desk's first hour."""
    return min(clock.now(), clock.moment_on(open_day(), 9))
