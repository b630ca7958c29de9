"""The price of one order, exactly as it would be booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from credit.domain.cost_sheet import apr_of, plan_of
from credit.domain.derived import Row
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.errors import AmountTooSmall, LineNotActive, LineNotFound, TermNotOffered
from credit.models import CreditLine, Quote
from credit.queries.business_day import open_day
from credit.queries.calendar import workday_test


@transaction.atomic
def make_quotes(
    *,
    line_id: str,
    amount_minor: int,
    order_no: str,
    option_codes: Sequence[str] | None,
    at: datetime,
) -> list[Quote]:
    """Quote an order for each option asked (all that the line offers when None), in fen.

    A quote holds nothing: whether the line still covers it is decided when it is drawn.
    Raises LineNotFound, LineNotActive, AmountTooSmall, TermNotOffered.
    """
    line = CreditLine.objects.select_related("product_version", "offer").filter(pk=line_id).first()
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
    day, is_workday = open_day(), workday_test()
    quotes = []
    for code in codes:
        terms = DrawdownTerms.of(product, code, line.annual_rate)
        plan = plan_of(terms, amount_minor=amount_minor, value_on=day, is_workday=is_workday)
        rate = apr_of(plan.rows, amount_minor=amount_minor, value_on=day)
        quotes.append(
            Quote(
                line=line,
                merchant_id=line.merchant_id,
                order_no=order_no,
                option_code=code,
                amount_minor=amount_minor,
                terms=terms.to_json(),
                plan=[plan_row(row) for row in plan.rows],
                interest_minor=sum(row.interest_minor for row in plan.rows),
                apr_simple=rate.simple,
                apr_compound=rate.compound,
                value_on=day,
                quoted_at=at,
                expires_at=at + timedelta(minutes=product.quote_minutes),
            )
        )
    return Quote.objects.bulk_create(quotes)


def plan_row(row: Row) -> dict[str, Any]:
    """One row as it is shown, signed and stored in a quote."""
    return {
        "seq": row.seq,
        "due_on": row.due_on.isoformat(),
        "principal_minor": row.principal_minor,
        "interest_minor": row.interest_minor,
    }
