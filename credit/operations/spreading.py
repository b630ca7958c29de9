"""One payment of a merchant over its drawdowns: oldest due first, the rest early."""

from datetime import datetime

from django.db import transaction

from credit.domain.spreading import spread
from credit.enums import RepaymentChannel
from credit.models import Repayment
from credit.operations.repayments import record_repayment
from credit.queries.business_day import open_day_for_booking
from credit.queries.claims import locked_claims


@transaction.atomic
def spread_payment(
    *,
    merchant_id: str,
    funding_source_id: str,
    amount_minor: int,
    key: str,
    channel: RepaymentChannel,
    actor: str,
    at: datetime,
) -> list[Repayment]:
    """Book up to `amount_minor` fen over what the merchant owes this funding source.

    One repayment per drawdown, its number `<key>:<drawdown>`. What no drawdown can take is left to
    the caller: Σ of the repayments may be less than the amount, and the list may be empty.
    """
    claims = locked_claims(merchant_id, funding_source_id)
    parts = spread(amount_minor, claims, on=open_day_for_booking())
    return [
        record_repayment(
            drawdown_id=drawdown_id, amount_minor=part, external_id=f"{key}:{drawdown_id}",
            channel=channel, value_on=None, actor=actor, at=at,
        )
        for drawdown_id, part in parts.items()
    ]  # fmt: skip
