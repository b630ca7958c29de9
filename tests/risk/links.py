"""Merchants that hang together, for tests."""

from datetime import date, datetime, timedelta

from platform_app.kernel import clock
from risk.enums import TraitKind
from risk.models import FraudFinding
from risk.operations.traits import see_trait
from tenants.models import Merchant
from tests.risk.cast import NOW, place_order

ACCOUNT = "6222020000001234567"


def firm(number: str) -> Merchant:
    found, _ = Merchant.objects.get_or_create(
        external_id=number, defaults={"name": f"示例{number}"}
    )
    return found


def has(
    merchant: Merchant, value: str, at: datetime = NOW, kind: TraitKind = TraitKind.BANK_ACCOUNT
) -> None:
    seen = at - timedelta(hours=1)
    see_trait(merchant_id=merchant.id, kind=kind, value=value, masked=f"****{value[-4:]}", at=seen)


def ring(count: int, at: datetime = NOW, value: str = ACCOUNT) -> list[Merchant]:
    """So many firms with one bank account."""
    found = [firm(f"R{value[-2:]}-{number}") for number in range(count)]
    for one in found:
        has(one, value, at)
    return found


def mirrors(one: Merchant, other: Merchant, count: int, at: datetime = NOW) -> None:
    """So many orders of the one with the like of the other on the next day."""
    today: date = clock.day_of(at)
    for number in range(count):
        day = today - timedelta(days=10 * number + 5)
        place_order(one, day, 1_000_000 + number)
        place_order(other, day + timedelta(days=1), 1_000_000 + number)


def leave_one_of_everything(merchant: Merchant, number: int, at: datetime) -> None:
    """A trait of a merchant, and a finding about it."""
    has(merchant, f"62220200000098765{number:02d}", at)
    FraudFinding.objects.create(
        kind="organizer", key=f"bank_account:{number}", merchants=[merchant.id], found_at=at,
        due_at=at + timedelta(days=2),
    )  # fmt: skip
