"""The fees a capture raises: what, when due, how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from credit.domain.fees import FeeTiming
from credit.domain.terms import DrawdownTerms


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedFee:
    """One fee of the product, in fen, to be paid with the installment due on `due_on`."""

    code: str
    amount_minor: int
    due_on: date


def charges(terms: DrawdownTerms, due_on: Sequence[date], principal_minor: int) -> list[RaisedFee]:
    """What a capture of `principal_minor` fen raises, given the due dates of its plan."""
    raised = []
    for fee in terms.fees:
        days = {
            FeeTiming.AT_START: due_on[:1],
            FeeTiming.WITH_INSTALLMENT: due_on,
        }.get(fee.timing, [])
        amount = fee.minor(principal_minor)
        raised += [RaisedFee(code=fee.code, amount_minor=amount, due_on=day) for day in days]
    return [one for one in raised if one.amount_minor]
