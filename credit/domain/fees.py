"""Fees of a product: what is charged besides interest, when, and to whom it goes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from credit.domain.interest import Rounding, divide_rounded
from credit.domain.options import BadTerms
from platform_app.kernel.errors import gettext_noop


class FeeTiming(StrEnum):
    """When a fee falls due; a late one once for every installment unpaid past its grace."""

    AT_START = "at_start"
    WITH_INSTALLMENT = "with_installment"
    WHEN_LATE = "when_late"
    AT_EXTENSION = "at_extension"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """A fixed amount in fen plus a fraction of the drawn principal, each time it falls due.

    Raises BadTerms when it has no code, or is nothing or negative.
    """

    code: str
    name: str
    timing: FeeTiming
    payee: str
    amount_minor: int = 0
    share_rate: Decimal = Decimal(0)

    def __post_init__(self) -> None:
        if not self.code or self.code in {"interest", "penalty"}:
            raise BadTerms(gettext_noop("a fee needs a code of its own"))
        is_negative = self.amount_minor < 0 or self.share_rate < 0
        if is_negative or not (self.amount_minor or self.share_rate):
            raise BadTerms(gettext_noop("a fee is an amount, a share of the principal, or both"))

    def minor(self, principal_minor: int) -> int:
        """What one occurrence costs on this principal, in fen, rounded half up."""
        top, bottom = self.share_rate.as_integer_ratio()
        return self.amount_minor + divide_rounded(principal_minor * top, bottom, Rounding.HALF_UP)

    def charged(self, timing: FeeTiming, principal_minor: int) -> int:
        """What it costs when `timing` comes; nothing at any other time."""
        return self.minor(principal_minor) if self.timing is timing else 0

    def to_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "timing": self.timing.value,
            "payee": self.payee,
            "amount_minor": self.amount_minor,
            "share_rate": str(self.share_rate),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        return cls(
            code=data["code"],
            name=data["name"],
            timing=FeeTiming(data["timing"]),
            payee=data["payee"],
            amount_minor=data["amount_minor"],
            share_rate=Decimal(data["share_rate"]),
        )


def fees_of(terms: dict[str, Any]) -> tuple[Fee, ...]:
    """The fees in a product version's terms, as stored. Raises BadTerms for a code used twice."""
    fees = tuple(Fee.from_json(fee) for fee in terms.get("fees", []))
    if len({fee.code for fee in fees}) != len(fees):
        raise BadTerms(gettext_noop("each fee needs a code of its own"))
    return fees


def fee_minor(fees: Sequence[Fee], timing: FeeTiming, principal_minor: int) -> int:
    """What all fees of one timing cost together on this principal, in fen."""
    return sum(fee.minor(principal_minor) for fee in fees if fee.timing is timing)
