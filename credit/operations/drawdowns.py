"""Reserve and cancel: an order on its way to being a loan; `captures.py` makes it one.

Lock order: line, the merchant's cap, the firm's user, drawdown, its coupon, lenders' cap slices,
exposure bucket, then the legal entity's exposure.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists

from credit.domain.terms import ProductTerms
from credit.enums import DrawdownStatus, HoldStatus, LineStatus
from credit.errors import (
    DrawdownNotAuthorized,
    ExternalIdConflict,
    LineInsufficient,
    LineNotActive,
    MerchantOverdue,
    QuoteExpired,
    QuoteNotFound,
    QuoteOfAnotherLine,
)
from credit.models import CreditLine, Drawdown, Hold, Quote
from credit.operations.discounts import release_discount, reserve_discount
from credit.operations.funding import Route, give_back, route_drawdown, store_route
from credit.operations.merchant_caps import check_merchant_cap
from credit.operations.temporary_limits import refresh_limits
from credit.operations.user_caps import check_user
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown, locked_line, overdue
from platform_app.kernel import events
from platform_app.kernel.transactions import retrying
from risk.operations import exposure
from risk.queries.entities import entity_key

CAPTURABLE = (DrawdownStatus.AUTHORIZED, DrawdownStatus.PARTIALLY_CAPTURED)


@retrying
def request_drawdown(
    *,
    line_id: str,
    quote_id: str,
    external_id: str,
    placed_by: str = "",
    actor: str,
    at: datetime,
) -> Drawdown:
    """Reserve the quoted amount on the line for the order: available falls, nothing is owed yet.

    `placed_by` is what the platform calls the person, where it is one of the firm's users; empty
    for the firm. The same external_id with the same quote returns the drawdown already made. Raises
    LineNotFound, QuoteNotFound, QuoteOfAnotherLine, QuoteExpired, LineNotActive, MerchantOverdue,
    LineInsufficient, MerchantCapReached, tenants' UserUnknown, UserMayNotDraw, UserDrawdownCap,
    UserMonthCap, NoFundingSource (see `funding.refusals_kept`), DiscountNotUsable,
    ExternalIdConflict, risk's ExposureFull and EntityLimitReached.
    """
    line = locked_line(line_id)
    day = open_day_for_booking()
    before = Drawdown.objects.filter(external_id=external_id).first()
    if before is not None:
        return _same(before, line_id, quote_id)
    quote = _quote(quote_id, line, day)
    if at >= quote.expires_at or quote.value_on != day:
        raise QuoteExpired(field="quote")
    _check_room(line, quote, day, at)
    if placed_by and line.has_users:  # type: ignore[attr-defined]  # locked_line asked
        check_user(
            merchant_id=line.merchant_id, placed_by=placed_by, amount_minor=quote.amount_minor,
            on=day,
        )  # fmt: skip
    route = route_drawdown(line=line, amount_minor=quote.amount_minor, on=day)
    drawdown = _authorize(line, quote, route, external_id, placed_by, at)
    if quote.discount_id is not None:
        reserve_discount(
            discount_id=quote.discount_id, drawdown=drawdown, on=day, actor=actor, at=at
        )
    store_route(route=route, drawdown=drawdown, actor=actor, at=at)
    _hold(line, drawdown, quote, day)
    events.record(
        "credit.drawdown.authorized", subject=drawdown.id, merchant_id=line.merchant_id,
        actor=actor, at=at,
        props={"amount_minor": drawdown.authorized_minor, "order_no": drawdown.order_no,
               "external_id": external_id, "version": 1},
    )  # fmt: skip
    return drawdown


def _quote(quote_id: str, line: CreditLine, day: date) -> Quote:
    """The line's quote; `is_merchant_overdue` comes with it, to ask once."""
    late = overdue(day).filter(merchant_id=line.merchant_id)
    quote: Quote | None = (
        Quote.objects.annotate(is_merchant_overdue=Exists(late)).filter(pk=quote_id).first()
    )
    if quote is None:
        raise QuoteNotFound(field="quote")
    if quote.line_id != line.id:
        raise QuoteOfAnotherLine(field="quote")
    return quote


def _check_room(line: CreditLine, quote: Quote, day: date, at: datetime) -> None:
    """The locked line may be drawn on, and has room; temporary limits count as of `day`."""
    amount_minor = quote.amount_minor
    if line.status != LineStatus.ACTIVE:
        raise LineNotActive
    if quote.is_merchant_overdue:  # type: ignore[attr-defined]  # annotated by _quote
        raise MerchantOverdue
    if line.limit_changes_on is not None and line.limit_changes_on <= day:
        refresh_limits(day=day, at=at, only=[line.id])
        line.refresh_from_db(fields=["temporary_minor", "limit_changes_on", "version"])
    if amount_minor > line.available_minor:
        raise LineInsufficient(
            field="amount", available_minor=line.available_minor, needed_minor=amount_minor
        )
    if line.has_cap:  # type: ignore[attr-defined]  # locked_line asked
        check_merchant_cap(line, amount_minor)


def _same(before: Drawdown, line_id: str, quote_id: str) -> Drawdown:
    wrong = [
        name
        for name, is_same in {
            "line": before.line_id == line_id,
            "quote": before.quote_id == quote_id,
        }.items()
        if not is_same
    ]
    if wrong:
        raise ExternalIdConflict(field="external_id", fields=", ".join(wrong))
    return before


def _authorize(
    line: CreditLine, quote: Quote, route: Route, external_id: str, placed_by: str, at: datetime
) -> Drawdown:
    return Drawdown.objects.create(
        line=line,
        merchant_id=line.merchant_id,
        quote=quote,
        funding_source_id=route.funding_source_id,
        partnership_id=route.joint_id,
        order_no=quote.order_no,
        external_id=external_id,
        placed_by=placed_by,
        option_code=quote.option_code,
        terms=quote.terms,
        grace_days=quote.terms["grace_days"],
        penalty_rate=quote.terms["penalty_rate"],
        status=DrawdownStatus.AUTHORIZED,
        authorized_minor=quote.amount_minor,
        authorized_at=at,
    )


def _hold(line: CreditLine, drawdown: Drawdown, quote: Quote, day: date) -> None:
    product = ProductTerms.from_json(line.product_version.terms)
    entity = entity_key(line.merchant.registration_no)
    slice_no = exposure.reserve(amount_minor=drawdown.authorized_minor, seed=line.id, entity=entity)
    Hold.objects.create(
        line=line,
        drawdown=drawdown,
        amount_minor=drawdown.authorized_minor,
        expires_on=day + timedelta(days=product.hold_days),
        ships_on=(quote.order or {}).get("ships_on"),
        exposure_slice_no=slice_no,
        entity_key=entity,
    )
    CreditLine.objects.filter(pk=line.pk).update(
        held_minor=line.held_minor + drawdown.authorized_minor, version=line.version + 1
    )


@transaction.atomic
def cancel_drawdown(*, drawdown_id: str, actor: str, at: datetime) -> Drawdown:
    """Give back what is still held. Before any capture the drawdown ends; after one it repays.

    Canceling twice changes nothing. Raises DrawdownNotFound, and DrawdownNotAuthorized when all of
    it was captured or the hold has expired.
    """
    drawdown, line = locked_drawdown(drawdown_id)
    open_day_for_booking()
    if _was_canceled(drawdown):
        return drawdown
    if drawdown.status not in CAPTURABLE:
        raise DrawdownNotAuthorized
    _release(drawdown, line, HoldStatus.RELEASED, DrawdownStatus.CANCELED)
    release_discount(drawdown=drawdown, actor=actor, at=at)
    _tell_ended(drawdown, "canceled", actor, at)
    return drawdown


def _was_canceled(drawdown: Drawdown) -> bool:
    """Whether nothing is held because somebody gave it back."""
    if drawdown.status == DrawdownStatus.CANCELED:
        return True
    hold = Hold.objects.filter(drawdown=drawdown, status=HoldStatus.RELEASED)
    return drawdown.status not in CAPTURABLE and hold.exists()


@transaction.atomic
def expire_hold(*, drawdown_id: str, at: datetime) -> Drawdown:
    """The hold has run out: release the rest. One that ended meanwhile stays as it is."""
    drawdown, line = locked_drawdown(drawdown_id)
    if drawdown.status in CAPTURABLE:
        _release(drawdown, line, HoldStatus.EXPIRED, DrawdownStatus.EXPIRED)
        release_discount(drawdown=drawdown, actor="system:close", at=at)
        _tell_ended(drawdown, "expired", "system:close", at)
    return drawdown


def _tell_ended(drawdown: Drawdown, how: str, actor: str, at: datetime) -> None:
    events.record(
        f"credit.drawdown.{how}", subject=drawdown.id, merchant_id=drawdown.merchant_id,
        actor=actor, at=at,
        props={"order_no": drawdown.order_no, "version": drawdown.version},
    )  # fmt: skip


def _release(
    drawdown: Drawdown, line: CreditLine, hold_status: HoldStatus, uncaptured: DrawdownStatus
) -> None:
    """Release the rest of a hold; both rows are locked by the caller."""
    hold = Hold.objects.get(drawdown=drawdown)
    released = hold.remaining_minor
    hold.released_minor += released
    hold.status = hold_status
    hold.save(update_fields=["released_minor", "status"])
    drawdown.status = DrawdownStatus.REPAYING if drawdown.captured_minor else uncaptured
    drawdown.version += 1
    drawdown.save(update_fields=["status", "version"])
    CreditLine.objects.filter(pk=line.pk).update(
        held_minor=line.held_minor - released, version=line.version + 1
    )
    give_back(drawdown=drawdown, hold=hold, released_minor=released)
