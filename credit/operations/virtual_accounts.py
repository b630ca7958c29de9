"""An account number for each merchant, so that what is paid to it is known to be theirs."""

from datetime import datetime

from django.db import transaction

from credit.gateways.bank import Bank
from credit.models import FundingSource, VirtualAccount
from platform_app.kernel import audit
from platform_app.kernel.errors import NotFound
from tenants.queries.merchants import merchant as merchant_by_id


@transaction.atomic
def open_virtual_account(
    *, merchant_id: str, funding_source_id: str, bank: Bank, actor: str, at: datetime
) -> VirtualAccount:
    """Give the merchant its account number at a funding source's bank; asked again, the same one.

    The bank gives the same number for the same key, so a crash in between loses nothing. Raises
    NotFound.
    """
    merchant = merchant_by_id(merchant_id)
    if not FundingSource.objects.filter(pk=funding_source_id).exists():
        raise NotFound(noun="funding source")
    before = VirtualAccount.objects.filter(
        merchant=merchant, funding_source_id=funding_source_id
    ).first()
    if before is not None:
        return before
    key = f"{funding_source_id[-6:]}-{merchant.id[4:]}"
    row, is_new = VirtualAccount.objects.get_or_create(
        merchant=merchant, funding_source_id=funding_source_id,
        defaults={"number": bank.open_account(key=key), "at": at},
    )  # fmt: skip
    if is_new:
        audit.record(
            actor=actor, action="virtual_account.open", subject=row.id, at=at,
            after={"merchant": merchant.id, "number": row.number},
        )  # fmt: skip
    return row
