"""A firm enters the pool, registers, is verified."""

from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from platform_app.kernel import events
from platform_app.kernel.errors import Invalid, NotFound
from tenants.domain.identifiers import registration_no as canonical
from tenants.domain.words import one_line
from tenants.enums import KybStatus, MerchantKind
from tenants.errors import RegistrationLocked, RegistrationMissing
from tenants.models import Merchant


@transaction.atomic
def upsert_merchant(  # noqa: PLR0913 -- one firm, named facts
    *,
    external_id: str,
    name: str,
    actor: str,
    at: datetime,
    kind: str = "",
    registration_no: str = "",
    category: str = "",
    region: str = "",
    joined_on: date | None = None,
) -> tuple[Merchant, bool]:
    """Say what the platform knows of a firm; True when it is new to the pool.

    The same content again changes and records nothing; what is left empty keeps its last value, so
    a thinner export cannot erase. Raises Invalid, BadRegistrationNumber, RegistrationLocked (a
    verified firm's kind and number are fixed).
    """
    number = one_line(external_id, field="external_id", longest=64)
    facts = _facts(name, kind, category, region, joined_on)
    merchant = _locked(external_id=number)
    effective_kind = kind or (merchant.kind if merchant else MerchantKind.COMPANY)
    if registration_no.strip():
        facts["registration_no"] = canonical(registration_no, kind=effective_kind)
    if merchant is None:
        created = _create(number, facts, actor=actor, at=at)
        if created is not None:
            return created, True
        merchant = _locked(external_id=number)
        assert merchant is not None  # noqa: S101 -- somebody else's insert has just won
    _apply(merchant, facts, actor=actor, at=at)
    return merchant, False


@transaction.atomic
def register_merchant(*, merchant_id: str, actor: str, at: datetime) -> Merchant:
    """The firm has signed up with us. Once: repeating it changes nothing. Raises NotFound."""
    merchant = lock_merchant(merchant_id)
    if merchant.kyb_status == KybStatus.POOLED:
        _move(merchant, KybStatus.REGISTERED, actor=actor, at=at)
    return merchant


@transaction.atomic
def verify_merchant(
    *, merchant_id: str, registration_no: str | None, actor: str, at: datetime
) -> Merchant:
    """The firm is who it says it is; registers it first if need be. Once.

    Raises NotFound, BadRegistrationNumber, RegistrationMissing (none given, none known),
    RegistrationLocked (verified before under another number).
    """
    merchant = lock_merchant(merchant_id)
    code = canonical(registration_no, kind=merchant.kind) if registration_no else ""
    if merchant.kyb_status == KybStatus.VERIFIED:
        if code and code != merchant.registration_no:
            raise RegistrationLocked(field="registration_no")
        return merchant
    merchant.registration_no = code or merchant.registration_no
    if not merchant.registration_no and merchant.kind != MerchantKind.NATURAL_PERSON:
        raise RegistrationMissing(field="registration_no")
    if merchant.kyb_status == KybStatus.POOLED:
        _move(merchant, KybStatus.REGISTERED, actor=actor, at=at)
    merchant.verified_at = at
    _move(merchant, KybStatus.VERIFIED, actor=actor, at=at)
    return merchant


def lock_merchant(merchant_id: str) -> Merchant:
    """The firm's row, locked to the end of the transaction. Raises NotFound."""
    try:
        found = _locked(pk=merchant_id)
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="merchant")
    return found


def _locked(**by: str) -> Merchant | None:
    """No key is ever changed: rows that point here may be added while somebody holds the firm."""
    return Merchant.objects.select_for_update(no_key=True).filter(**by).first()


def _facts(
    name: str, kind: str, category: str, region: str, joined_on: date | None
) -> dict[str, Any]:
    if kind and kind not in MerchantKind.values:
        raise Invalid(field="kind")
    said = {
        "name": one_line(name, field="name"),
        "kind": kind,
        "category": one_line(category, field="category", required=False),
        "region": one_line(region, field="region", required=False),
        "joined_on": joined_on,
    }
    return {column: value for column, value in said.items() if value}


def _create(
    external_id: str, facts: dict[str, Any], *, actor: str, at: datetime
) -> Merchant | None:
    try:
        with transaction.atomic():
            merchant: Merchant = Merchant.objects.create(external_id=external_id, **facts)
    except IntegrityError:
        return None
    _record("pooled", merchant, actor=actor, at=at)
    return merchant


def _apply(merchant: Merchant, facts: dict[str, Any], *, actor: str, at: datetime) -> None:
    changed = {c: value for c, value in facts.items() if getattr(merchant, c) != value}
    if not changed:
        return
    if merchant.kyb_status == KybStatus.VERIFIED and {"kind", "registration_no"} & set(changed):
        raise RegistrationLocked(field="registration_no")
    if "kind" in changed and "registration_no" not in changed and merchant.registration_no:
        canonical(merchant.registration_no, kind=changed["kind"])
    for column, value in changed.items():
        setattr(merchant, column, value)
    merchant.version += 1
    merchant.save(update_fields=[*changed, "version"])
    _record("changed", merchant, actor=actor, at=at, fields=sorted(changed))


def _move(merchant: Merchant, status: KybStatus, *, actor: str, at: datetime) -> None:
    merchant.kyb_status = status
    merchant.version += 1
    merchant.save(update_fields=["kyb_status", "registration_no", "verified_at", "version"])
    _record(status.value, merchant, actor=actor, at=at)


def _record(what: str, merchant: Merchant, *, actor: str, at: datetime, **props: Any) -> None:
    events.record(
        f"tenants.merchant.{what}",
        subject=merchant.id,
        merchant_id=merchant.id,
        actor=actor,
        at=at,
        props={"external_id": merchant.external_id, "version": merchant.version, **props},
    )
