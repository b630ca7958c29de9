"""Finding salespeople, their QR codes, and whose a token is."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import Q, QuerySet

from campaigns.domain.salespeople import Token, read_token, with_token
from campaigns.enums import SalespersonStatus
from campaigns.errors import (
    SalespersonLeft,
    SalespersonTokenExpired,
    SalespersonTokenInvalid,
    SalespersonTokenRevoked,
    SalespersonUnknown,
)
from campaigns.models import Salesperson, SalespersonQr
from platform_app.kernel import crypto
from platform_app.kernel.errors import NotFound

NAME: Final = "salesperson.name"
PHONE: Final = "salesperson.phone"
PROOF: Final = "salesperson.qr"
PROOF_LENGTH: Final = 32


def salesperson(salesperson_id: str) -> Salesperson:
    """One by our id. Raises NotFound, also for another platform's and for a malformed id."""
    try:
        found: Salesperson | None = Salesperson.objects.filter(pk=salesperson_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="salesperson")
    return found


def salesperson_by_code(code: str) -> Salesperson:
    """One by the platform's own code, in large letters or small. Raises NotFound."""
    found = _coded(code)
    if found is None:
        raise NotFound(noun="salesperson")
    return found


def salesperson_told(code: str) -> Salesperson:
    """Whose code was told beside something else. Raises SalespersonUnknown, SalespersonLeft."""
    found = _coded(code.strip())
    if found is None:
        raise SalespersonUnknown(field="salesperson_code")
    return _active(found, field="salesperson_code")


def salesperson_of_token(text: str, *, at: datetime) -> tuple[Salesperson, SalespersonQr]:
    """Whose QR code was scanned, and which issue of it; two statements.

    Raises SalespersonTokenInvalid (also for another platform's), SalespersonTokenExpired,
    SalespersonTokenRevoked (also for one that a newer replaced), SalespersonLeft.
    """
    field = "salesperson_token"
    told = read_token(text)
    if not hmac.compare_digest(told.proof, _proof(told)):
        raise SalespersonTokenInvalid(field=field)
    qr = (
        SalespersonQr.objects.select_related("salesperson")
        .filter(salesperson_id=told.salesperson_id, number=told.number)
        .first()
    )
    if qr is None or int(qr.expires_at.timestamp()) != told.expires:
        raise SalespersonTokenInvalid(field=field)
    if qr.salesperson.status == SalespersonStatus.LEFT:
        raise SalespersonLeft(field=field)
    if qr.revoked_at is not None:
        raise SalespersonTokenRevoked(field=field)
    if at >= qr.expires_at:
        raise SalespersonTokenExpired(field=field)
    return qr.salesperson, qr


def token_of(qr: SalespersonQr) -> str:
    """What this issue says. It is made anew each time: no table keeps it."""
    told = Token(
        salesperson_id=qr.salesperson_id, number=qr.number, expires=int(qr.expires_at.timestamp())
    )
    return f"{told.said}.{_proof(told)}"


def qr_url(qr: SalespersonQr) -> str:
    """The address in the picture."""
    return with_token(qr.entry_url, token_of(qr))


def valid_qrs(salesperson_ids: Sequence[str], *, at: datetime) -> dict[str, SalespersonQr]:
    """The QR code in force by salesperson; one statement."""
    rows = SalespersonQr.objects.filter(
        salesperson_id__in=salesperson_ids, revoked_at=None, expires_at__gt=at
    )
    return {row.salesperson_id: row for row in rows}


def list_salespeople(*, search: str = "", status: str = "") -> QuerySet[Salesperson]:
    """Those whose code begins with `search`, or whose region or branch holds it."""
    rows: QuerySet[Salesperson] = Salesperson.objects.all()
    words = search.replace("\x00", "").strip()
    if words:
        rows = rows.filter(
            Q(code__istartswith=words) | Q(region__icontains=words) | Q(branch__icontains=words)
        )
    return rows.filter(status=status.replace("\x00", "")) if status else rows


def display_name(row: Salesperson) -> str:
    """The name in clear, for the merchant who deals with them."""
    return crypto.unseal(bytes(row.name_sealed), purpose=NAME)


def _coded(code: str) -> Salesperson | None:
    if "\x00" in code:
        return None
    found: Salesperson | None = Salesperson.objects.filter(code__iexact=code).first()
    return found


def _active(row: Salesperson, *, field: str) -> Salesperson:
    if row.status == SalespersonStatus.LEFT:
        raise SalespersonLeft(field=field)
    return row


def _proof(told: Token) -> str:
    return crypto.blind_index(told.said, purpose=PROOF)[:PROOF_LENGTH]
