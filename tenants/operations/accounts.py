"""The account a merchant is paid on and repays from: the firm's, or its representative's card."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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
    details = checked_details(merchant, kind, bank_name, holder_name, number)
    known: SettlementAccount | None = SettlementAccount.objects.filter(merchant=merchant).first()
    if known is not None and is_same_account(known, details):
        return known
    account: SettlementAccount
    account, _ = SettlementAccount.objects.update_or_create(
        merchant=merchant, defaults={**details.columns(), "set_at": at}
    )
    events.record(
        "tenants.merchant.account_set",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"account_id": account.id, "kind": kind},
    )  # fmt: skip
    return account


@dataclass(frozen=True, slots=True)
class Details:
    """An account whose number and holder were checked; in clear, never stored so."""

    kind: str
    bank: str
    holder: str
    number: str

    @property
    def index(self) -> str:
        return crypto.blind_index(self.number, purpose=NUMBER)

    def columns(self) -> dict[str, Any]:
        """What a row keeps: sealed, and masked for pages."""
        is_person = self.kind == AccountKind.CARD
        return {
            "kind": self.kind,
            "bank_name": self.bank,
            "holder_masked": crypto.mask_name(self.holder) if is_person else self.holder,
            "holder_sealed": crypto.seal(self.holder, purpose=HOLDER),
            "number_masked": f"**** {self.number[-SHOWN:]}",
            "number_sealed": crypto.seal(self.number, purpose=NUMBER),
            "number_index": self.index,
        }


def checked_details(
    merchant: Merchant, kind: str, bank_name: str, holder_name: str, number: str
) -> Details:
    """What was typed, if the firm may have such an account.

    Raises Invalid, BadAccountNumber, LegalRepresentativeMissing, AccountHolderMismatch.
    """
    if kind not in AccountKind.values or (
        kind == AccountKind.CORPORATE and merchant.kind == MerchantKind.NATURAL_PERSON
    ):
        raise Invalid(field="kind")
    bank = one_line(bank_name, field="bank_name", longest=60)
    holder = one_line(holder_name, field="holder_name", longest=100)
    clear = account_no(number, kind=kind)
    _check_holder(merchant, kind, holder)
    return Details(kind, bank, holder, clear)


def _check_holder(merchant: Merchant, kind: str, holder: str) -> None:
    if kind == AccountKind.CORPORATE and same_name(merchant.name, holder):
        return
    if kind == AccountKind.CORPORATE and merchant.kind == MerchantKind.COMPANY:
        raise AccountHolderMismatch(field="holder_name")
    if not MerchantPerson.objects.filter(merchant=merchant, role=LEGAL).exists():
        raise LegalRepresentativeMissing(field="holder_name")
    if not is_legal_representative(merchant.id, holder):
        raise AccountHolderMismatch(field="holder_name")


def is_same_account(known: SettlementAccount, asked: Details) -> bool:
    """Whether an account on record is the one asked for, to the letter."""
    same = (known.kind, known.bank_name, known.number_index) == (
        asked.kind, asked.bank, asked.index,
    )  # fmt: skip
    return same and crypto.unseal(bytes(known.holder_sealed), purpose=HOLDER) == asked.holder
