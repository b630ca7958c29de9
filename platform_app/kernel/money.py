"""Money is a whole number of minor units (fen) and a currency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import total_ordering
from typing import Final, Literal, Self

Rounding = Literal["half_up", "half_even", "down"]
_YUAN: Final = re.compile(r"(-?)(\d{1,13}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,2}))?", re.ASCII)


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units. Adding or comparing two currencies raises ValueError."""

    minor: int
    currency: str = "CNY"

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def scale(self, factor: Decimal | Fraction, *, rounding: Rounding) -> "Money":
        """Multiply, rounding once to whole minor units in the stated way."""
        return Money(round_minor(Fraction(self.minor) * Fraction(factor), rounding), self.currency)

    def split(self, weights: Sequence[int]) -> "list[Money]":
        """Share out in proportion to `weights`; the parts sum to the whole, to the last fen."""
        return [Money(part, self.currency) for part in split_minor(self.minor, weights)]

    @classmethod
    def from_yuan(cls, text: str) -> Self:
        """Read `1234.5` or `1,234.50` yuan. Raises ValueError for more than two decimals."""
        return cls(yuan_to_minor(text))

    def __str__(self) -> str:
        return format_yuan(self.minor)

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            msg = f"{self.currency} and {other.currency} do not mix"
            raise ValueError(msg)


def round_minor(value: Fraction, rounding: Rounding) -> int:
    """Round an exact amount of minor units; half_up rounds away from zero, as PostgreSQL does."""
    sign = -1 if value < 0 else 1
    whole, rest = divmod(abs(value.numerator), value.denominator)
    twice = 2 * rest - value.denominator
    up = twice > 0 or (twice == 0 and (rounding == "half_up" or whole % 2 == 1))
    return sign * (whole + (1 if up and rounding != "down" else 0))


def split_minor(total: int, weights: Sequence[int]) -> list[int]:
    """Largest-remainder split of `total` in proportion to non-negative `weights`.

    Earlier parts win ties. Raises ValueError when no weight is positive.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        msg = "weights must be non-negative and not all zero"
        raise ValueError(msg)
    sign = -1 if total < 0 else 1
    exact = [abs(total) * weight for weight in weights]
    parts = [share // whole for share in exact]
    order = sorted(range(len(parts)), key=lambda i: (-(exact[i] % whole), i))
    for index in order[: abs(total) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]


def yuan_to_minor(text: str) -> int:
    """Read yuan text as fen: `1234.5`, `¥1,234.50`, `-3`.

    Raises ValueError unless it is a plain number with ≤ 2 decimals; a comma that does not part
    thousands is refused, since `1,5` is one and a half to one reader and fifteen to another.
    """
    found = _YUAN.fullmatch(text.strip().removeprefix("¥").removeprefix("￥"))
    if found is None:
        msg = "not an amount in yuan"
        raise ValueError(msg)
    sign, yuan, fen = found.groups(default="")
    return (-1 if sign else 1) * (int(yuan.replace(",", "")) * 100 + int(fen.ljust(2, "0")))


def format_yuan(minor: int) -> str:
    """`1234567` → `12,345.67`."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100:,}.{abs(minor) % 100:02d}"


def quantize_rate(value: Decimal, places: int = 4, *, half_even: bool = False) -> Decimal:
    """Round a rate for display or storage."""
    mode = ROUND_HALF_EVEN if half_even else ROUND_HALF_UP
    return value.quantize(Decimal(1).scaleb(-places), mode)
