"""What a merchant owes one funding source, drawdown by drawdown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from credit.domain.spreading import Claim
from credit.enums import DrawdownStatus
from credit.models import CreditLine, Drawdown
from credit.queries.payoff import payoff
from tenants.models import Merchant
from tenants.queries.merchants import list_merchants

REPAYABLE = (DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED)


def lock_lines(merchant_id: str) -> list[str]:
    """Lock all lines of a merchant in order of their ids, and return these."""
    lines = CreditLine.objects.select_for_update().filter(merchant_id=merchant_id)
    return [line.id for line in lines.order_by("id")]


def locked_claims(merchant_id: str, funding_source_id: str) -> list[Claim]:
    """The merchant's claims, all its lines and drawdowns locked in the order of kernel.locks."""
    line_ids = lock_lines(merchant_id)
    drawdowns = Drawdown.objects.select_for_update().filter(
        line_id__in=line_ids, funding_source_id=funding_source_id, status__in=REPAYABLE
    )
    return [_claim(drawdown) for drawdown in drawdowns.order_by("id")]


def _claim(drawdown: Drawdown) -> Claim:
    live = payoff(drawdown)
    return Claim(
        drawdown_id=drawdown.id,
        due_on=live.due_on or date.max,
        due_minor=live.due_minor,
        payoff_minor=live.payoff_minor,
    )


@dataclass(frozen=True, slots=True)
class Debtor:
    """A merchant that may have paid, and the principal it owes one funding source, in fen."""

    merchant: Merchant
    outstanding_minor: int


def list_debtors(words: str, funding_source_id: str, most: int = 10) -> Sequence[Debtor]:
    """Merchants by name or number with what they owe a funding source: two statements."""
    merchants = list(list_merchants(search=words)[:most]) if words.strip() else []
    owed = dict(
        Drawdown.objects.filter(
            merchant_id__in=[one.id for one in merchants],
            funding_source_id=funding_source_id,
            status__in=REPAYABLE,
        )
        .values_list("merchant_id")
        .annotate(total=Sum("outstanding_principal_minor"))
    )
    return [Debtor(one, int(owed.get(one.id, 0))) for one in merchants]
