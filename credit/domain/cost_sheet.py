"""The cost sheet 综合融资成本明示表: every cost of a loan before anything is signed.

Three parts (金规〔2026〕2号): what performing normally costs, what may arise when paying late, and
the statement that nothing else is charged. The annual rate of an option is the rate of the
customer's own cash flows for a sample amount (PBoC Announcement 2021 No. 3).
"""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from credit.domain.derive import derive
from credit.domain.derived import Derived, Happening, Row
from credit.domain.rates import Apr, apr
from credit.domain.terms import DrawdownTerms, ProductTerms

SAMPLE_MINOR = 1_000_000
PLACES = Decimal("0.000001")


def plan_of(
    terms: DrawdownTerms, *, amount_minor: int, value_on: date, is_workday: Callable[[date], bool]
) -> Derived:
    """The plan of one capture of `amount_minor` fen on `value_on`, nothing else happening."""
    return derive(
        terms,
        [Happening(1, "capture", value_on, amount_minor)],
        as_of=value_on,
        is_workday=is_workday,
    )


def apr_of(rows: Sequence[Row], *, amount_minor: int, value_on: date) -> Apr:
    """Annual rate of a plan from the customer's own flows: in on `value_on`, out on the due dates.

    Interest follows the seed due dates, so the rate does too: a weekend's delay is no cost.
    """
    if not any(row.interest_minor for row in rows):
        return Apr(Decimal(0), Decimal(0))
    flows = [(value_on, amount_minor)]
    flows += [(r.seed_due_on, -(r.principal_minor + r.interest_minor)) for r in rows]
    exact = apr(flows)
    return Apr(exact.simple.quantize(PLACES), exact.compound.quantize(PLACES))


def cost_sheet(
    product: ProductTerms,
    *,
    annual_rate: Decimal,
    option_codes: Sequence[str],
    lender: str,
    complaint_phone: str,
    on: date,
    is_workday: Callable[[date], bool],
) -> dict[str, Any]:
    """The sheet as a JSON object, hashed by whoever stores it. Amounts fen, rates as text."""
    samples = []
    for code in option_codes:
        terms = DrawdownTerms.of(product, code, annual_rate)
        rows = plan_of(terms, amount_minor=SAMPLE_MINOR, value_on=on, is_workday=is_workday).rows
        rate = apr_of(rows, amount_minor=SAMPLE_MINOR, value_on=on)
        samples.append(
            {
                "option": code,
                "amount_minor": SAMPLE_MINOR,
                "interest_minor": sum(row.interest_minor for row in rows),
                "installment_count": len(rows),
                "first_due_on": rows[0].due_on.isoformat(),
                "apr_simple": str(rate.simple),
                "apr_compound": str(rate.compound),
            }
        )
    penalty_rate = annual_rate * product.penalty_multiplier
    return {
        "version": 1,
        "lender": lender,
        "complaint_phone": complaint_phone,
        "items": [
            {
                "code": "interest",
                "annual_rate": str(annual_rate),
                "basis": "outstanding principal, by the day",
                "year_days": DrawdownTerms.of(product, option_codes[0], annual_rate).year_days,
                "interest_free_days": product.interest_free_days,
                "payee": lender,
                "timing": "with each installment",
            }
        ],
        "contingent": [
            {
                "code": "penalty",
                "annual_rate": str(penalty_rate),
                "basis": "overdue principal, by the day from the due date",
                "grace_days": product.grace_days,
                "payee": lender,
                "timing": "when paid after the grace period",
            }
        ],
        "nothing_else": True,
        "prepayment_fee_minor": 0,
        "samples": samples,
    }
