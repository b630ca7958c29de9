"""The account a merchant is paid on and repays from: the firm's, or its representative's card."""

from datetime import datetime
from typing import Final

from django.db import transaction

from platform_app.kernel import crypto, events
from platform_app.kernel.errors import Invalid
from tenants.domain.identity import account_no, same_name
from tenants.domain.words import one_line
from tenants.enums import AccountKind, MerchantKind
from tenants.errors import AccountHolderMismatch, LegalRepresentativeMissing
from tenants.models import Merchant, MerchantPerson, SettlementAccount
from tenants.operations.identities import LEGAL, check_sensitive, is_legal_representative
from tenants.operations.merchants import lock_merchant

NUMBER: Final = "account.number"
HOLDER: Final = "account.holder"
SHOWN: Final = 4


@transaction.atomic
def set_account(
    *,
    merchant_id: str,
    kind: str,
    bank_name: str,
    holder_name: str,
    number: str,
    actor: str,
    at: datetime,
) -> SettlementAccount:
    """Record where the money goes. The same account again changes and records nothing.

    The holder has to be the firm (an individual business also in its owner's name), or for a card
    the legal representative. Raises NotFound, SensitiveConsentMissing, Invalid (kind, bank, holder;
    a natural person has no firm's account), BadAccountNumber, LegalRepresentativeMissing,
    AccountHolderMismatch.
    """
    check_sensitive(merchant_id)
    merchant = lock_merchant(merchant_id)
    if kind not in AccountKind.values or (
        kind == AccountKind.CORPORATE and merchant.kind == MerchantKind.NATURAL_PERSON
    ):
        raise Invalid(field="kind")
    bank = one_line(bank_name, field="bank_name", longest=60)
    holder = one_line(holder_name, field="holder_name", longest=100)
    clear = account_no(number, kind=kind)
    _check_holder(merchant, kind, holder)
    index = crypto.blind_index(clear, purpose=NUMBER)
    known: SettlementAccount | None = SettlementAccount.objects.filter(merchant=merchant).first()
    if known is not None and _is_same(known, kind, bank, holder, index):
        return known
    is_person = kind == AccountKind.CARD
    account: SettlementAccount
    account, _ = SettlementAccount.objects.update_or_create(
        merchant=merchant,
        defaults={
            "kind": kind,
            "bank_name": bank,
            "holder_masked": crypto.mask_name(holder) if is_person else holder,
            "holder_sealed": crypto.seal(holder, purpose=HOLDER),
            "number_masked": f"**** {clear[-SHOWN:]}",
            "number_sealed": crypto.seal(clear, purpose=NUMBER),
            "number_index": index,
            "set_at": at,
        },
    )
    events.record(
        "tenants.merchant.account_set",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"account_id": account.id, "kind": kind},
    )  # fmt: skip
    return account


def _check_holder(merchant: Merchant, kind: str, holder: str) -> None:
    if kind == AccountKind.CORPORATE and same_name(merchant.name, holder):
        return
    if kind == AccountKind.CORPORATE and merchant.kind == MerchantKind.COMPANY:
        raise AccountHolderMismatch(field="holder_name")
    if not MerchantPerson.objects.filter(merchant=merchant, role=LEGAL).exists():
        raise LegalRepresentativeMissing(field="holder_name")
    if not is_legal_representative(merchant.id, holder):
        raise AccountHolderMismatch(field="holder_name")


def _is_same(known: SettlementAccount, kind: str, bank: str, holder: str, index: str) -> bool:
    same = (known.kind, known.bank_name, known.number_index) == (kind, bank, index)
    return same and crypto.unseal(bytes(known.holder_sealed), purpose=HOLDER) == holder
