"""What a sandbox can have happen to a merchant: each goes through the operation of real life."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from credit.enums import (
    DrawdownStatus,
    HoldStatus,
    RepaymentChannel,
    ReviewStatus,
    Scenario,
)
from credit.gateways.bank import connected_bank
from credit.models import Drawdown, FundingSource, Hold, Review
from credit.operations import servicing
from credit.operations.bank_flows import import_bank_file
from credit.operations.captures import capture_drawdown
from credit.operations.repayments import record_repayment
from credit.operations.reviews import claim_review, confirm_review, decide_review
from credit.operations.virtual_accounts import open_virtual_account
from credit.queries.business_day import open_day
from credit.queries.payoff import payoff
from platform_app.kernel import clock, ids
from platform_app.kernel.money import format_yuan
from platform_app.kernel.scope import in_test_mode
from risk.enums import Outcome, OverrideReason
from risk.queries.proposals import proposal_of
from tenants.errors import ClockMissing, NothingToSimulate, TestOnly
from tenants.operations.test_clocks import request_advance
from tenants.queries.merchants import merchant as merchant_by_id
from tenants.queries.sandboxes import clock_of_sandbox

REVIEWERS: Final = ("system:sandbox", "system:sandbox_second")
LARGEST_LIMIT: Final = 5_000_000
_OWING: Final = (DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What shall happen to whom; amounts in fen, 0 for the whole; a drawdown, or the oldest."""

    merchant_id: str
    drawdown_id: str = ""
    amount_minor: int = 0
    is_approved: bool = True
    actor: str
    at: datetime

    @property
    def key(self) -> str:
        return ids.new_id("sim")


@transaction.atomic
def simulate(scenario: Scenario, asked: Asked) -> str:
    """Have it happen; return the id of what it happened to.

    Raises TestOnly outside a sandbox, NotFound (merchant), NothingToSimulate when the merchant has
    nothing that this could happen to, ClockMissing (overdue), and what the real operation raises.
    """
    merchant_by_id(asked.merchant_id)
    if not in_test_mode():
        raise TestOnly
    return _HAPPENS[scenario](asked)


def _ship(asked: Asked) -> str:
    holds = Hold.objects.filter(
        drawdown__merchant_id=asked.merchant_id,
        status__in=[HoldStatus.HELD, HoldStatus.PART_CAPTURED],
    )
    if asked.drawdown_id:
        holds = holds.filter(drawdown_id=asked.drawdown_id)
    hold = holds.order_by("drawdown_id").first()
    if hold is None:
        raise NothingToSimulate
    capture_drawdown(
        drawdown_id=hold.drawdown_id, amount_minor=asked.amount_minor or hold.remaining_minor,
        external_id=asked.key, is_final=not asked.amount_minor, actor=asked.actor, at=asked.at,
    )  # fmt: skip
    return str(hold.drawdown_id)


def _refund(asked: Asked) -> str:
    drawdown = _owing(asked)
    act = servicing.Act(
        drawdown_id=drawdown.id, external_id=asked.key, actor=asked.actor, at=asked.at
    )
    amount = asked.amount_minor or drawdown.outstanding_principal_minor
    return str(servicing.refund_drawdown(act, amount_minor=amount).id)


def _repay(asked: Asked) -> str:
    drawdown = _owing(asked)
    return str(
        record_repayment(
            drawdown_id=drawdown.id, amount_minor=asked.amount_minor or _due(drawdown),
            external_id=asked.key, channel=RepaymentChannel.BANK_TRANSFER, value_on=None,
            actor=asked.actor, at=asked.at,
        ).id
    )  # fmt: skip


def _bank_flow(asked: Asked) -> str:
    """Money on the merchant's own account number; matching it is the job's, as ever."""
    drawdown = _owing(asked)
    source = FundingSource.objects.get(pk=drawdown.funding_source_id)
    account = open_virtual_account(
        merchant_id=asked.merchant_id, funding_source_id=source.id, bank=connected_bank(),
        actor=asked.actor, at=asked.at,
    )  # fmt: skip
    reference = asked.key
    yuan = format_yuan(asked.amount_minor or _due(drawdown)).replace(",", "")
    lines = (
        "bank_reference,booked_on,amount_yuan,account_no",
        f"{reference},{open_day()},{yuan},{account.number}",
    )
    import_bank_file(
        funding_source_id=source.id, content="\n".join(lines).encode(),
        file_name=f"{reference}.csv", actor=asked.actor, at=asked.at,
    )  # fmt: skip
    return str(account.id)


def _overdue(asked: Asked) -> str:
    """Nothing but time makes an installment overdue: the clock is sent past its grace."""
    drawdown = _owing(asked)
    ticking = clock_of_sandbox()
    if ticking is None:
        raise ClockMissing
    due_on = drawdown.oldest_unpaid_on or payoff(drawdown).due_on
    if due_on is None:
        raise NothingToSimulate
    late = clock.moment_on(due_on + timedelta(days=drawdown.grace_days + 1), 10)
    if late <= asked.at:
        raise NothingToSimulate
    request_advance(clock_id=ticking.id, to=late, actor=asked.actor)
    return str(drawdown.id)


def _review_answer(asked: Asked) -> str:
    """Two reviewers of the house, since a yes takes two."""
    rows = Review.objects.select_related("decision").filter(
        application__merchant_id=asked.merchant_id, status=ReviewStatus.OPEN
    )
    review = rows.order_by("id").first()
    if review is None:
        raise NothingToSimulate
    first, second = REVIEWERS
    claim_review(review_id=review.id, actor=first, at=asked.at, takes_over=True)
    decided = decide_review(
        review_id=review.id,
        outcome=Outcome.APPROVE if asked.is_approved else Outcome.DECLINE,
        limit_minor=_limit(review, asked) if asked.is_approved else 0,
        reason_code=OverrideReason.OTHER, comment="sandbox", actor=first, at=asked.at,
    )  # fmt: skip
    if decided.status == ReviewStatus.PROPOSED:
        confirm_review(review_id=review.id, actor=second, at=asked.at)
    return str(review.id)


def _limit(review: Review, asked: Asked) -> int:
    """What was asked for, or what the formulas give, or 50,000 yuan where they give nothing."""
    proposal = proposal_of(review.decision)
    usual = proposal.limit_minor or min(LARGEST_LIMIT, proposal.highest_minor)
    wanted = asked.amount_minor or usual
    return wanted // proposal.step_minor * proposal.step_minor


def _owing(asked: Asked) -> Drawdown:
    rows = Drawdown.objects.filter(merchant_id=asked.merchant_id, status__in=_OWING)
    if asked.drawdown_id:
        rows = rows.filter(pk=asked.drawdown_id)
    found: Drawdown | None = rows.order_by("id").first()
    if found is None:
        raise NothingToSimulate
    return found


def _due(drawdown: Drawdown) -> int:
    figures = payoff(drawdown)
    return figures.due_minor or figures.payoff_minor


_HAPPENS: Final[dict[Scenario, Callable[[Asked], str]]] = {
    Scenario.SHIP: _ship,
    Scenario.REFUND: _refund,
    Scenario.REPAY: _repay,
    Scenario.BANK_FLOW: _bank_flow,
    Scenario.OVERDUE: _overdue,
    Scenario.REVIEW_ANSWER: _review_answer,
}
