"""What a merchant has handed in, masked, and what its platform still asks for."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import QuerySet

from platform_app.kernel import crypto
from platform_app.kernel.errors import NotFound
from platform_app.kernel.scope import in_test_mode
from tenants.domain.identifiers import mobile
from tenants.domain.identity import account_no, identity_no
from tenants.enums import (
    ApplicationNeed,
    AttachmentKind,
    MerchantKind,
    PersonRelation,
    PhoneCodeStatus,
)
from tenants.models import (
    Attachment,
    Merchant,
    MerchantDraft,
    MerchantPerson,
    PhoneCode,
    SettlementAccount,
    Tenant,
)
from tenants.queries.face_checks import is_face_known

DRAFT: Final = "merchant.draft"
NUMBERS: Final = ("identity_no", "phone", "number")


def draft(merchant_id: str, step: str) -> dict[str, str]:
    """What was typed so far on a page, or nothing. In clear: for the merchant's own pages only."""
    row = MerchantDraft.objects.filter(merchant_id=merchant_id, step=step).first()
    if row is None:
        return {}
    found: dict[str, str] = json.loads(crypto.unseal(bytes(row.sealed), purpose=DRAFT))
    return found


def person_in(merchant_id: str, role: str) -> MerchantPerson | None:
    """Who fills a role and is known by identity number, masked."""
    found: MerchantPerson | None = (
        MerchantPerson.objects.filter(merchant_id=merchant_id, role=role)
        .exclude(identity_index="")
        .first()
    )
    return found


def applying_person(merchant_id: str) -> MerchantPerson | None:
    """Who fills in the pages, masked."""
    found: MerchantPerson | None = (
        MerchantPerson.objects.filter(merchant_id=merchant_id).exclude(relation="").first()
    )
    return found


def check_number(field: str, text: str, *, kind: str, on: date) -> None:
    """Whether a number of a page is well formed; `kind` of account matters for `number` only.

    Raises NotFound (no such number), BadIdentityNumber, BadPhone, BadAccountNumber.
    """
    if field not in NUMBERS:
        raise NotFound(noun="field")
    if field == "identity_no":
        identity_no(text, on=on)
    elif field == "phone":
        mobile(text)
    else:
        account_no(text, kind=kind)


def codes_are_known(tenant: Tenant) -> bool:
    """Whether no message leaves the scope's `tenant`: sandboxes, virtual platforms, the demo."""
    return in_test_mode() or tenant.is_virtual or bool(settings.MESSAGES_SIMULATED)


def open_code(merchant_id: str, at: datetime) -> PhoneCode | None:
    """The code that may be typed in now, if one was sent."""
    found: PhoneCode | None = PhoneCode.objects.filter(
        merchant_id=merchant_id, status=PhoneCodeStatus.SENT, expires_at__gt=at
    ).first()
    return found


def account_of(merchant_id: str) -> SettlementAccount | None:
    """The settlement account, masked."""
    found: SettlementAccount | None = SettlementAccount.objects.filter(
        merchant_id=merchant_id
    ).first()
    return found


def list_attachments(merchant_id: str) -> QuerySet[Any]:
    """What a merchant sent, the latest first, without the bytes."""
    return Attachment.objects.filter(merchant_id=merchant_id).defer("sealed").order_by("-id")


def needed_documents(merchant: Merchant, applying: MerchantPerson | None) -> list[str]:
    """The kinds of photo an application of this firm takes, in order.

    A natural person has no license; a letter is asked of whoever is not the firm's representative.
    """
    kinds = []
    if merchant.kind != MerchantKind.NATURAL_PERSON:
        kinds.append(str(AttachmentKind.BUSINESS_LICENSE))
    if applying is not None and applying.relation == PersonRelation.AUTHORIZED:
        kinds.append(str(AttachmentKind.AUTHORIZATION_LETTER))
    return kinds


def missing_needs(merchant: Merchant, needs: Sequence[str], *, at: datetime) -> list[str]:
    """The needs (`Tenant.application_needs`) not met at `at`, in the order they are asked for."""
    if not needs:
        return []
    people = list(MerchantPerson.objects.filter(merchant=merchant).exclude(identity_index=""))
    applying = next((one for one in people if one.relation), None)
    has_legal = any(one.role == "legal_representative" for one in people)
    documents = set(needed_documents(merchant, applying))
    if documents and ApplicationNeed.DOCUMENTS in needs:
        rows = Attachment.objects.filter(merchant=merchant, kind__in=documents)
        documents -= set(rows.values_list("kind", flat=True))
    met = {
        ApplicationNeed.LEGAL_REPRESENTATIVE: has_legal and applying is not None,
        ApplicationNeed.PHONE: applying is not None and applying.phone_verified_at is not None,
        ApplicationNeed.FACE: applying is not None and is_face_known(applying, at=at),
        ApplicationNeed.ACCOUNT: ApplicationNeed.ACCOUNT not in needs
        or SettlementAccount.objects.filter(merchant=merchant).exists(),
        ApplicationNeed.DOCUMENTS: not documents,
    }
    return [str(need) for need in ApplicationNeed if need in needs and not met[need]]
