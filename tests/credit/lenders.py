"""Lenders and routed drawdowns for tests: each goes through the public operations."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from credit.enums import Component, InstructionStatus, LoanEventKind
from credit.gateways.funding import FundingGateway, FundingOrder, InProcessFunding, Script
from credit.models import (
    CreditLine,
    Drawdown,
    FundingDecision,
    FundingInstruction,
    FundingSource,
    LoanEvent,
    Partnership,
)
from credit.operations.captures import capture_drawdown
from credit.operations.funding_pursuit import pursue
from credit.operations.funding_sources import activate_source, draft_source
from credit.operations.partnerships import activate_partnership, draft_partnership
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from credit.values import Listing, PartnershipTerms, SourceTerms
from platform_app.kernel import clock
from tests.credit import lives

DRAFTER, APPROVER = "usr_drafter", "usr_approver"
LISTED = {"status": "listed", "evidence": "总行名单 2026-01"}


def source_terms(name: str, **facts: Any) -> SourceTerms:
    return SourceTerms(
        **{
            "name": name, "licence_type": "bank", "licence_no": "B0000S000000000",
            "regulator": "示例监管局", "complaint_phone": "400-000-0000", "role": "lender",
            "from_on": None, "to_on": None, "cap_minor": None, "per_merchant_cap_minor": None,
            "tier_one_minor": None, "product_kinds": (), **facts,
        }
    )  # fmt: skip


def source(name: str, at: datetime, **facts: Any) -> FundingSource:
    """An active lender."""
    drafted = draft_source(terms=source_terms(name, **facts), actor=DRAFTER, at=at)
    return activate_source(source_id=drafted.id, actor=APPROVER, at=at)


def partnership_terms(
    title: str, parts: Mapping[str, str], at: datetime, **facts: Any
) -> PartnershipTerms:
    """`parts` is source id → the fraction of every component; the first one leads."""
    lead = next(iter(parts))
    listed = Listing(**LISTED, listed_on=clock.day_of(at), review_due_on=None)
    return PartnershipTerms(
        **{
            "name": title, "lead_id": lead, "residual_id": lead,
            "fractions": {key: dict.fromkeys(Component.values, Decimal(part))
                          for key, part in parts.items()},
            "from_on": clock.day_of(at), "to_on": None, "listing": listed,
            "least_share_minor": 0, "service_fee_share": Decimal("0.1"),
            "holdback_share": Decimal(0), "first_loss_share": Decimal(0), "settlement_days": 1,
            **facts,
        }
    )  # fmt: skip


def partnership(name: str, parts: Mapping[str, str], at: datetime, **facts: Any) -> Partnership:
    """An active partnership."""
    terms = partnership_terms(name, parts, at, **facts)
    drafted = draft_partnership(terms=terms, actor=DRAFTER, at=at)
    return activate_partnership(partnership_id=drafted.id, actor=APPROVER, at=at)


UNEVEN = {"principal": "0.7", "interest": "0.8", "fee": "1", "penalty": "0.33333333"}


def uneven(at: datetime, *, is_own_leading: bool) -> tuple[FundingSource, FundingSource]:
    """The platform's lender and a bank lend together, the lead UNEVEN parts; (lead, other)."""
    own, bank = FundingSource.objects.get(), source("示例银行", at)
    lead, other = (own, bank) if is_own_leading else (bank, own)
    fractions = {
        lead.id: {one: Decimal(part) for one, part in UNEVEN.items()},
        other.id: {one: 1 - Decimal(part) for one, part in UNEVEN.items()},
    }
    if is_own_leading:
        Partnership.objects.update(status="ended")
    partnership("三七方案", {lead.id: "1"}, at, fractions=fractions, residual_id=other.id)
    return lead, other


def joint(at: datetime, **facts: Any) -> tuple[FundingSource, FundingSource]:
    """The platform's lender ends alone and lends 70 to 30 with a bank from now on."""
    lead = FundingSource.objects.get()
    Partnership.objects.update(status="ended")
    bank = source("示例联合银行", at, role="co_lender", **facts)
    partnership("联合贷方案", {lead.id: "0.7", bank.id: "0.3"}, at)
    return lead, bank


def routed(
    line: CreditLine, amount_minor: int, order_no: str, at: datetime
) -> tuple[Drawdown, FundingDecision]:
    """Draw, and see who funds it."""
    drawdown = lives.authorized(line, amount_minor, order_no, at)
    return drawdown, FundingDecision.objects.get(drawdown=drawdown)


def captured(
    drawdown: Drawdown, amount_minor: int, external_id: str, at: datetime, *, is_final: bool = True
) -> list[FundingInstruction]:
    """Capture, and see who pays it."""
    capture_drawdown(
        drawdown_id=drawdown.id, amount_minor=amount_minor, external_id=external_id,
        is_final=is_final, actor=lives.ACTOR, at=at,
    )  # fmt: skip
    event = LoanEvent.objects.filter(drawdown=drawdown, kind=LoanEventKind.CAPTURE).latest("seq")
    return list(FundingInstruction.objects.filter(loan_event=event).order_by("id"))


def scripted(script: Script) -> InProcessFunding:
    """A bank that does the same with every order."""

    def always(_order: FundingOrder) -> Script:
        return script

    return InProcessFunding(always)


def look(row: FundingInstruction, bank: FundingGateway | None, at: datetime) -> InstructionStatus:
    """Send or ask, as the worker does, with this bank at the other end."""

    def gateways(_source: FundingSource) -> FundingGateway | None:
        return bank

    return pursue(instruction_id=row.id, gateways=gateways, now=lambda: at)


def wrong_caps() -> int:
    """Lenders whose caps do not say what their drawdowns hold and owe."""
    return full_checks(accrued_through=open_day())["funding_caps_agree"]
