"""Reading values of a scorecard's JSON strictly; each refusal says what is wrong."""

from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from risk.domain.odds import PARTS
from risk.errors import InvalidScorecard

MAX_POINTS: Final = 10_000


def dicts(where: str, found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        refuse(f"{where} must be a list of objects")
    return list(found)


def keys(where: str, found: Any, wanted: set[str]) -> None:
    if not isinstance(found, dict) or set(found) != wanted:
        refuse(f"{where} must have exactly {', '.join(sorted(wanted))}")


def text(where: str, found: Any) -> str:
    if not isinstance(found, str) or not found:
        refuse(f"{where} must be text")
    return found


def integer(where: str, value: Any) -> int:
    if type(value) is not int or abs(value) > MAX_POINTS:
        refuse(f"{where} must be a whole number of at most {MAX_POINTS}")
    return value


def decimal(where: str, value: Any) -> Decimal:
    """Whole numbers and decimals written as text; a float is refused."""
    if not isinstance(value, int | str) or isinstance(value, bool):
        refuse(f"{where} must be a number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        refuse(f"{where} must be a number")
    if not number.is_finite():
        refuse(f"{where} must be finite")
    return number


def parts_of(where: str, value: Any) -> int:
    """Points as ten-thousandths."""
    points = decimal(where, value)
    if abs(points) > MAX_POINTS:
        refuse(f"{where} must be at most {MAX_POINTS} points")
    parts = points * PARTS
    if parts != parts.to_integral_value():
        refuse(f"{where} must have at most four decimal places")
    return int(parts)


def refuse(problem: str) -> NoReturn:
    raise InvalidScorecard(problem=problem)
