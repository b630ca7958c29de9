"""One credit line: its temporary limits, and what its merchant has on other lines."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from credit.enums import LineStatus, TemporaryLimitStatus
from credit.errors import LineNotFound
from credit.models import CreditLine, MerchantCap, TemporaryLimit

SOON: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class CapUse:
    """How much of the cap across a merchant's lines is taken, in fen; no cap is None."""

    cap_minor: int | None
    taken_minor: int

    @property
    def left_minor(self) -> int | None:
        return None if self.cap_minor is None else max(0, self.cap_minor - self.taken_minor)


def line(line_id: str) -> CreditLine:
    """One line with merchant, product and lender. Raises LineNotFound."""
    rows = CreditLine.objects.select_related(
        "merchant", "product", "product_version__funding_source"
    )
    try:
        found = rows.filter(pk=line_id).first()
    except ValueError:
        found = None
    if found is None:
        raise LineNotFound
    return found


def temporary_limits(line_id: str) -> list[TemporaryLimit]:
    """All that were ever granted on a line, newest first."""
    return list(TemporaryLimit.objects.filter(line_id=line_id).order_by("-from_on", "-id"))


def ending_limits(on: date) -> QuerySet[Any]:
    """Temporary limits of lines that can be drawn on, in force and over within fourteen days."""
    rows: QuerySet[Any] = TemporaryLimit.objects.filter(
        status=TemporaryLimitStatus.ACTIVE,
        until_on__gt=on,
        until_on__lte=on + SOON,
        line__status=LineStatus.ACTIVE,
    )
    return rows


def lines_of(merchant_id: str) -> list[CreditLine]:
    """A merchant's lines, closed ones too, newest first."""
    rows = CreditLine.objects.select_related("product").filter(merchant_id=merchant_id)
    return list(rows.order_by("-id"))


def cap_use(merchant_id: str, lines: list[CreditLine]) -> CapUse:
    """The merchant's cap beside what these, its lines, use and hold."""
    caps = MerchantCap.objects.filter(merchant_id=merchant_id)
    return CapUse(
        cap_minor=caps.values_list("cap_minor", flat=True).first(),
        taken_minor=sum(one.used_minor + one.held_minor for one in lines),
    )
