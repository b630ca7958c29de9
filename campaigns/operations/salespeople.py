"""The roster: who sells for the platform, and the QR code each of them shows."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction

from campaigns.domain.salespeople import mobile, one_line, origin_of, salesperson_code
from campaigns.enums import SalespersonStatus
from campaigns.errors import EntryUrlMissing, SalespersonLeft
from campaigns.models import Salesperson, SalespersonQr
from campaigns.queries.salespeople import NAME, PHONE
from platform_app.kernel import audit, clock, crypto
from platform_app.kernel.errors import Invalid, NotFound
from tenants.errors import OriginNotAllowed
from tenants.queries.tenants import current_tenant

USUAL_DAYS: Final = 180
MOST_DAYS: Final = 366
_LONGEST_URL: Final = 500


@transaction.atomic
def save_salesperson(
    *,
    code: str,
    actor: str,
    at: datetime,
    name: str = "",
    phone: str = "",
    region: str | None = None,
    branch: str | None = None,
    since_on: date | None = None,
) -> tuple[Salesperson, bool]:
    """Put somebody on the roster, or change what is known of them; True when new. Audited.

    A code is the same in large letters and small. What is left out keeps its value, and the same
    content again changes and records nothing. Raises BadSalespersonCode, BadPhone, Invalid (a new
    one has a name and a phone).
    """
    key = salesperson_code(code)
    row = Salesperson.objects.select_for_update().filter(code__iexact=key).first()
    facts = _facts(row, name, phone, region, branch, since_on)
    if row is None:
        facts.setdefault("since_on", clock.day_of(at))
        made, is_new = Salesperson.objects.get_or_create(
            code__iexact=key, defaults=facts | {"code": key}
        )
        if is_new:
            _note("added", made, actor=actor, at=at, after=_told(facts))
        return made, is_new
    changed = {column: value for column, value in facts.items() if getattr(row, column) != value}
    if changed:
        before = {column: getattr(row, column) for column in changed}
        _change(row, **changed)
        _note("changed", row, actor=actor, at=at, before=_told(before), after=_told(changed))
    return row, False


@transaction.atomic
def mark_left(*, salesperson_id: str, actor: str, at: datetime) -> Salesperson:
    """They no longer sell: their QR code ends, and others may bring their merchants. Once. Audited.

    Raises NotFound.
    """
    row = _locked(salesperson_id)
    if row.status == SalespersonStatus.ACTIVE:
        _revoke(row, at=at)
        _change(row, status=SalespersonStatus.LEFT, until_on=clock.day_of(at))
        _note("left", row, actor=actor, at=at)
    return row


@transaction.atomic
def mark_back(*, salesperson_id: str, actor: str, at: datetime) -> Salesperson:
    """They sell again. What they brought counts while its window runs. Once. Audited.

    Raises NotFound.
    """
    row = _locked(salesperson_id)
    if row.status == SalespersonStatus.LEFT:
        _change(row, status=SalespersonStatus.ACTIVE, until_on=None)
        _note("back", row, actor=actor, at=at)
    return row


@transaction.atomic
def issue_qr(
    *, salesperson_id: str, entry_url: str, valid_days: int, actor: str, at: datetime
) -> SalespersonQr:
    """Give somebody a QR code that opens a page of the platform; the one before ends. Audited.

    An empty `entry_url` is the page of the one before, or the first allowed origin. Raises
    NotFound, SalespersonLeft, OriginNotAllowed, EntryUrlMissing, Invalid (days).
    """
    if not 1 <= valid_days <= MOST_DAYS:
        raise Invalid(field="valid_days")
    row = _locked(salesperson_id)
    if row.status == SalespersonStatus.LEFT:
        raise SalespersonLeft
    last = SalespersonQr.objects.filter(salesperson=row).order_by("-number").first()
    url = _entry_url(entry_url, last)
    _revoke(row, at=at)
    qr: SalespersonQr = SalespersonQr.objects.create(
        salesperson=row, number=last.number + 1 if last else 1, entry_url=url, issued_at=at,
        issued_by=actor, expires_at=(at + timedelta(days=valid_days)).replace(microsecond=0),
    )  # fmt: skip
    after = {"number": qr.number, "entry_url": url, "expires_at": qr.expires_at.isoformat()}
    _note("qr_issued", row, actor=actor, at=at, after=after)
    return qr


@transaction.atomic
def revoke_qr(*, salesperson_id: str, actor: str, at: datetime) -> Salesperson:
    """Whatever of theirs is printed no longer counts. Once. Audited. Raises NotFound."""
    row = _locked(salesperson_id)
    if _revoke(row, at=at):
        _note("qr_revoked", row, actor=actor, at=at)
    return row


def _facts(
    row: Salesperson | None,
    name: str,
    phone: str,
    region: str | None,
    branch: str | None,
    since_on: date | None,
) -> dict[str, Any]:
    """The columns that are said; sealed ones only where they say something new."""
    facts: dict[str, Any] = {} if since_on is None else {"since_on": since_on}
    for column, said in (("region", region), ("branch", branch)):
        if said is not None:
            facts[column] = one_line(said, field=column, longest=60, required=False)
    if name or row is None:
        words = one_line(name, field="name", longest=60)
        if row is None or words != crypto.unseal(bytes(row.name_sealed), purpose=NAME):
            facts["name_masked"] = crypto.mask_name(words)
            facts["name_sealed"] = crypto.seal(words, purpose=NAME)
    if phone or row is None:
        digits = mobile(phone)
        if row is None or digits != crypto.unseal(bytes(row.phone_sealed), purpose=PHONE):
            facts["phone_masked"] = crypto.mask_phone(digits)
            facts["phone_sealed"] = crypto.seal(digits, purpose=PHONE)
    return facts


def _told(facts: dict[str, Any]) -> dict[str, Any]:
    """What may stand in the audit chain: masks and words, days as text."""
    return {
        column: value.isoformat() if isinstance(value, date) else value
        for column, value in facts.items()
        if not column.endswith("_sealed")
    }


def _entry_url(said: str, last: SalespersonQr | None) -> str:
    origins = list(current_tenant().embed_origins)
    url = one_line(said, field="entry_url", longest=_LONGEST_URL, required=False)
    if not url and last is not None and origin_of(last.entry_url) in origins:
        return str(last.entry_url)
    if not url and origins:
        return f"{origins[0]}/"
    if not url:
        raise EntryUrlMissing(field="entry_url")
    if origin_of(url) not in origins:
        raise OriginNotAllowed(field="entry_url")
    return url


def _revoke(row: Salesperson, *, at: datetime) -> int:
    ended: int = SalespersonQr.objects.filter(salesperson=row, revoked_at=None).update(
        revoked_at=at
    )
    return ended


def _change(row: Salesperson, **columns: Any) -> None:
    for column, value in columns.items():
        setattr(row, column, value)
    row.version += 1
    row.save(update_fields=[*columns, "version"])


def _locked(salesperson_id: str) -> Salesperson:
    try:
        row: Salesperson | None = (
            Salesperson.objects.select_for_update().filter(pk=salesperson_id).first()
        )
    except ValueError:
        row = None
    if row is None:
        raise NotFound(noun="salesperson")
    return row


def _note(
    what: str,
    row: Salesperson,
    *,
    actor: str,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        actor=actor, action=f"campaigns.salesperson.{what}", subject=row.id, at=at,
        before={"code": row.code} | (before or {}), after=after,
    )  # fmt: skip
