"""The change of a settlement account that is under way."""

from typing import Final

from tenants.enums import AccountChangeStatus
from tenants.models import AccountChange

OPEN: Final = (AccountChangeStatus.ENTERED, AccountChangeStatus.WAITING)


def open_change(merchant_id: str) -> AccountChange | None:
    """What was entered or waits, masked."""
    found: AccountChange | None = AccountChange.objects.filter(
        merchant_id=merchant_id, status__in=OPEN
    ).first()
    return found
