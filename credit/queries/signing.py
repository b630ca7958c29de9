"""Signatures under way and made."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from credit.enums import SignatureStatus
from credit.models import ContractSignature, SigningAuthority

OPEN: Final = (SignatureStatus.PREPARED, SignatureStatus.REQUESTED, SignatureStatus.UNKNOWN)


def active_authority() -> SigningAuthority | None:
    """Who signs for this platform now."""
    found: SigningAuthority | None = SigningAuthority.objects.filter(is_active=True).first()
    return found


def offers_being_signed() -> QuerySet[Any]:
    """Ids of the offers whose signature has no outcome yet."""
    return ContractSignature.objects.filter(status__in=OPEN).values("offer_id")


def signature_of_offer(offer_id: str) -> ContractSignature | None:
    """The latest signing of an offer, without the prepared paper."""
    rows = ContractSignature.objects.defer("prepared").filter(offer_id=offer_id)
    found: ContractSignature | None = rows.order_by("-id").first()
    return found


def signature_of_contract(contract_id: str) -> ContractSignature | None:
    """By which an agreement was concluded; None for one without a signature of its own."""
    found: ContractSignature | None = (
        ContractSignature.objects.select_related("authority", "document")
        .filter(contract_id=contract_id)
        .first()
    )
    return found


def due_signatures(at: datetime) -> list[tuple[str, str]]:
    """(platform, signature) of those to be sent or asked about by `at`, the longest waiting first.

    In the platform scope it finds them of everybody.
    """
    rows = ContractSignature.objects.filter(status__in=OPEN, next_look_at__lte=at)
    return list(rows.order_by("next_look_at", "id").values_list("tenant_id", "id"))
