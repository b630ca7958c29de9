"""Discounts: granted by whoever persuades, reserved and used by drawdowns, ended by their days.

A discount is locked after line and drawdown, and reserved by one conditional update: of two
drawdowns that ask for it at once one is refused.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from credit.domain.derived import Derived
from credit.domain.options import BadTerms
from credit.enums import DiscountKind, DiscountMoveKind, DiscountReason, DiscountStatus
from credit.errors import (
    BadPeriod,
    DiscountInvalid,
    DiscountNotFound,
    DiscountNotGranted,
    ExternalIdConflict,
)
from credit.models import Discount, DiscountMove, Drawdown, Quote
from credit.queries.business_day import open_day
from credit.queries.discounts import refusal, standing_reason, why_not
from platform_app.kernel import events
from tenants.queries.merchants import merchant

LONGEST_DAYS = 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """What is granted, amounts in fen; see the model `Discount` for what each means."""

    name: str
    kind: DiscountKind
    share_rate: Decimal
    cap_minor: int
    days: int | None
    partner_share_rate: Decimal
    operator_share_rate: Decimal
    minimum_minor: int
    product_codes: tuple[str, ...]
    option_codes: tuple[str, ...]
    from_on: date
    last_on: date


@transaction.atomic
def grant_discount(
    *, merchant_id: str, entitlement: Entitlement, key: str, actor: str, at: datetime
) -> Discount:
    """Give a merchant a discount for one drawdown. The same key returns the one it has.

    Nothing is given to a merchant that is overdue or whose lines are all stopped. Raises NotFound,
    DiscountInvalid, BadPeriod, DiscountNotUsable, ExternalIdConflict.
    """
    found = merchant(merchant_id)
    new = _unsaved(found.id, entitlement, key, actor, at)
    before = Discount.objects.filter(key=key).first()
    if before is not None:
        return _same(before, new)
    reason = standing_reason(found.id, open_day())
    if reason is not None:
        raise refusal(reason, "merchant")
    new.save(force_insert=True)
    _move(new, DiscountMoveKind.GRANTED, None, actor, at)
    _tell(new, "granted", actor, at)
    return new


def _unsaved(
    merchant_id: str, entitlement: Entitlement, key: str, actor: str, at: datetime
) -> Discount:
    said = {field.name: getattr(entitlement, field.name) for field in fields(entitlement)}
    said |= {name: list(said[name]) for name in ("product_codes", "option_codes")}
    new = Discount(merchant_id=merchant_id, key=key, granted_by=actor, granted_at=at, **said)
    check_entitlement(entitlement)
    return new


def check_entitlement(entitlement: Entitlement) -> None:
    """Raises DiscountInvalid or BadPeriod for what nobody could be given."""
    if not 0 <= (entitlement.last_on - entitlement.from_on).days < LONGEST_DAYS:
        raise BadPeriod(field="last_on", least=1, most=LONGEST_DAYS)
    is_of_days = entitlement.kind is DiscountKind.FREE_DAYS
    is_whole = entitlement.kind is DiscountKind.PART_OFF or entitlement.share_rate == 1
    if is_of_days == (entitlement.days is None) or not is_whole or entitlement.minimum_minor < 0:
        raise DiscountInvalid(field="kind", problem=entitlement.kind.label)
    new = Discount(
        **{name: getattr(entitlement, name) for name in _TERMS},
    )
    try:
        _ = new.terms
    except BadTerms as error:
        raise DiscountInvalid(problem=str(error)) from error


_TERMS = ("share_rate", "cap_minor", "days", "partner_share_rate", "operator_share_rate")


def _same(before: Discount, new: Discount) -> Discount:
    wrong = [
        name
        for name in ("merchant_id", *(field.name for field in fields(Entitlement)))
        if getattr(before, name) != getattr(new, name)
    ]
    if wrong:
        raise ExternalIdConflict(field="key", fields=", ".join(wrong))
    return before


def reserve_discount(
    *, discount_id: str, drawdown: Drawdown, on: date, actor: str, at: datetime
) -> None:
    """Keep the discount for this drawdown, inside the caller's transaction.

    Raises DiscountNotUsable when it is not open on that day, or another order was faster.
    """
    rows = Discount.objects.filter(
        pk=discount_id, status=DiscountStatus.GRANTED, from_on__lte=on, last_on__gte=on
    )
    if not rows.update(status=DiscountStatus.RESERVED, version=F("version") + 1):
        reason = why_not(Discount.objects.get(pk=discount_id), on=on) or DiscountReason.RESERVED
        raise refusal(reason, "coupon")
    found = Discount.objects.get(pk=discount_id)
    _move(found, DiscountMoveKind.RESERVED, drawdown, actor, at)
    _tell(found, "reserved", actor, at)


def release_discount(*, drawdown: Drawdown, actor: str, at: datetime) -> None:
    """A drawdown ended before anything shipped: its discount may be used again while it is valid.

    Inside the caller's transaction; a drawdown without one changes nothing.
    """
    if "discount" not in drawdown.terms:
        return
    found = _locked(_discount_id(drawdown))
    if found.status != DiscountStatus.RESERVED:
        return
    _set(found, DiscountStatus.GRANTED)
    _move(found, DiscountMoveKind.RELEASED, drawdown, actor, at)
    _tell(found, "released", actor, at)


def follow_discount(
    *, drawdown: Drawdown, before: Derived | None, after: Derived, actor: str, at: datetime
) -> None:
    """Used with the first capture, and from then on as much as its drawdown's life makes of it.

    Inside the caller's transaction; a drawdown without one changes nothing.
    """
    if "discount" not in drawdown.terms:
        return
    changed = after.discount_minor - (before.discount_minor if before else 0)
    if before is not None and not changed:
        return
    found = _locked(_discount_id(drawdown))
    if before is None:
        _set(found, DiscountStatus.USED)
        _move(found, DiscountMoveKind.USED, drawdown, actor, at)
        _tell(found, "used", actor, at)
    if changed:
        DiscountMove.objects.create(
            discount=found, kind=DiscountMoveKind.BORNE, drawdown=drawdown, amount_minor=changed,
            actor=actor, at=at,
        )  # fmt: skip
        found.borne_minor += changed
        found.save(update_fields=["borne_minor"])


@transaction.atomic
def cancel_discount(*, discount_id: str, actor: str, at: datetime) -> Discount:
    """Take back what no order holds. Twice is once. Raises DiscountNotFound, DiscountNotGranted."""
    found = _locked(discount_id)
    if found.status == DiscountStatus.CANCELED:
        return found
    if found.status != DiscountStatus.GRANTED:
        raise DiscountNotGranted
    _set(found, DiscountStatus.CANCELED)
    _move(found, DiscountMoveKind.CANCELED, None, actor, at)
    _tell(found, "canceled", actor, at)
    return found


@transaction.atomic
def expire_discounts(*, on: date, at: datetime) -> list[str]:
    """End what was last valid before `on` and no order holds; return their ids."""
    rows = Discount.objects.select_for_update().filter(
        status=DiscountStatus.GRANTED, last_on__lt=on
    )
    ended = list(rows.order_by("id"))
    for found in ended:
        _set(found, DiscountStatus.EXPIRED)
        _move(found, DiscountMoveKind.EXPIRED, None, "system:discounts", at)
        _tell(found, "expired", "system:discounts", at)
    return [found.id for found in ended]


def _locked(discount_id: str) -> Discount:
    try:
        return Discount.objects.select_for_update().get(pk=discount_id)
    except (Discount.DoesNotExist, ValueError):
        raise DiscountNotFound from None


def _discount_id(drawdown: Drawdown) -> str:
    return str(Quote.objects.values_list("discount_id", flat=True).get(pk=drawdown.quote_id))


def _set(found: Discount, status: DiscountStatus) -> None:
    found.status = status
    found.version += 1
    found.save(update_fields=["status", "version"])


def _move(
    found: Discount, kind: DiscountMoveKind, drawdown: Drawdown | None, actor: str, at: datetime
) -> None:
    DiscountMove.objects.create(discount=found, kind=kind, drawdown=drawdown, actor=actor, at=at)


def _tell(found: Discount, how: str, actor: str, at: datetime) -> None:
    events.record(
        f"credit.discount.{how}", subject=found.id, merchant_id=found.merchant_id, actor=actor,
        at=at,
        props={"kind": found.kind, "cap_minor": found.cap_minor, "version": found.version},
    )  # fmt: skip
