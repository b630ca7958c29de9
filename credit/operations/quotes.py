"""The price of one order, exactly as it would be booked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from credit.domain.caps import paths
from credit.domain.cost_sheet import apr_of, plan_of
from credit.domain.derived import Row
from credit.domain.fees import Fee, fees_of
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.enums import DiscountReason
from credit.errors import (
    AmountTooSmall,
    LineNotActive,
    LineNotFound,
    TermNotOffered,
)
from credit.models import CreditLine, Discount, Quote
from credit.operations.caps import blocking, stop
from credit.queries.business_day import open_day
from credit.queries.calendar import workday_test
from credit.queries.discounts import discount_of, refusal, why_not_for
from credit.queries.drawdowns import is_overdue


@transaction.atomic
def make_quotes(
    *,
    line_id: str,
    amount_minor: int,
    order_no: str,
    option_codes: Sequence[str] | None,
    at: datetime,
    discount_id: str | None = None,
    order: dict[str, Any] | None = None,
) -> list[Quote]:
    """Quote an order for each option asked (all that the line offers when None), in fen.

    A quote holds nothing: whether the line still covers it is decided when it is drawn. An option
    whose all-in rate could pass a cap of the day, paid on time or late, is not quoted: asked by
    name it is refused, otherwise it is left out while another remains. A discount lowers the
    options that it may be used for; it has to fit one of them. `order` is what the platform says of
    it beside number and total; it is kept with each quote and decides nothing.
    Raises LineNotFound, LineNotActive, AmountTooSmall, TermNotOffered, CapExceeded, CapUnknown,
    DiscountNotFound, DiscountNotUsable.
    """
    line = (
        CreditLine.objects.select_related(
            "product_version__funding_source", "product_version__product", "offer"
        )
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise LineNotFound
    if line.status != "active":
        raise LineNotActive
    product = ProductTerms.from_json(line.product_version.terms)
    if amount_minor < product.minimum_minor:
        raise AmountTooSmall(field="amount", minimum_minor=product.minimum_minor)
    codes = line.offer.option_codes if option_codes is None else list(option_codes)
    if not codes or not set(codes) <= set(line.offer.option_codes):
        raise TermNotOffered(field="term")
    day = open_day()
    asked = [DrawdownTerms.of(product, code, line.rate_of(code)) for code in codes]
    allowed = _under_the_caps(line, asked, amount_minor, day, is_all=option_codes is None)
    fees = fees_of(line.product_version.terms)
    expires_at = at + timedelta(minutes=product.quote_minutes)
    quotes = [
        _quote(line, terms, fees, order_no=order_no, amount_minor=amount_minor, day=day)
        for terms in allowed
    ]
    if discount_id is not None:
        _lower(quotes, allowed, fees, discount_of(discount_id, line.merchant_id), line)
    for quote in quotes:
        quote.quoted_at, quote.expires_at, quote.order = at, expires_at, order
    return Quote.objects.bulk_create(quotes)


def _under_the_caps(
    line: CreditLine, asked: list[DrawdownTerms], amount_minor: int, day: date, *, is_all: bool
) -> list[DrawdownTerms]:
    fees, is_workday = fees_of(line.product_version.terms), workday_test()
    found = [
        path
        for terms in asked
        for path in paths(
            terms, fees=fees, amount_minor=amount_minor, value_on=day, is_workday=is_workday
        )
    ]
    judgement = blocking(line.product_version, found, on=day)
    above = {finding.path.option if finding.path else None for finding in judgement.blocks}
    allowed = [terms for terms in asked if not {None, terms.option.code} & above]
    if not allowed or not (is_all or len(allowed) == len(asked)):
        stop(judgement, field="term", on=day)
    return allowed


def _quote(
    line: CreditLine, terms: DrawdownTerms, fees: Sequence[Fee], *, order_no: str,
    amount_minor: int, day: date,
) -> Quote:  # fmt: skip
    plan = plan_of(terms, amount_minor=amount_minor, value_on=day, is_workday=workday_test())
    rate = apr_of(plan.rows, amount_minor=amount_minor, value_on=day, fees=fees)
    return Quote(
        line=line,
        merchant_id=line.merchant_id,
        order_no=order_no,
        option_code=terms.option.code,
        amount_minor=amount_minor,
        terms=terms.to_json(),
        plan=[plan_row(row) for row in plan.rows],
        interest_minor=sum(row.interest_minor for row in plan.rows),
        apr_simple=rate.simple,
        apr_compound=rate.compound,
        value_on=day,
    )


def _lower(
    quotes: Sequence[Quote], asked: Sequence[DrawdownTerms], fees: Sequence[Fee],
    discount: Discount, line: CreditLine,
) -> None:  # fmt: skip
    """The same orders at what the merchant pays when the discount bears its part."""
    day = quotes[0].value_on
    if is_overdue(line.merchant_id, day):
        raise refusal(DiscountReason.OVERDUE, "coupon")
    product_code = line.product_version.product.code
    reasons: list[DiscountReason] = []
    for quote, terms in zip(quotes, asked, strict=True):
        reason = why_not_for(
            discount, product_code=product_code, option_code=quote.option_code,
            amount_minor=quote.amount_minor, on=day,
        )  # fmt: skip
        reason = reason or _discounted(quote, terms, fees, discount)
        reasons += [reason] if reason else []
    if len(reasons) == len(quotes):
        raise refusal(reasons[0], "coupon")


def _discounted(
    quote: Quote, terms: DrawdownTerms, fees: Sequence[Fee], discount: Discount
) -> DiscountReason | None:
    """Lower one quote; what costs nothing is left as it is, and the reason returned."""
    amount_minor, day = quote.amount_minor, quote.value_on
    lowered = replace(terms, discount=discount.terms)
    plan = plan_of(lowered, amount_minor=amount_minor, value_on=day, is_workday=workday_test())
    if not plan.discount_minor:
        return DiscountReason.NO_INTEREST
    rate = apr_of(plan.rows, amount_minor=amount_minor, value_on=day, fees=fees)
    quote.discount, quote.discount_minor = discount, plan.discount_minor
    quote.plain_apr_simple, quote.plain_apr_compound = quote.apr_simple, quote.apr_compound
    quote.apr_simple, quote.apr_compound = rate.simple, rate.compound
    quote.terms, quote.plan = lowered.to_json(), [plan_row(row) for row in plan.rows]
    return None


def plan_row(row: Row) -> dict[str, Any]:
    """One row as it is shown, signed and stored in a quote; a discount is named where it is one."""
    shown = {
        "seq": row.seq,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.principal_minor,
        "interest_minor": row.interest_minor,
    }
    return shown | ({"discount_minor": row.discount_minor} if row.discount_minor else {})
