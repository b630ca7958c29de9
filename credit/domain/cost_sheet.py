"""The cost sheet 综合融资成本明示表: every cost of a loan before anything is signed.

Three parts (金规〔2026〕2号): what performing normally costs, what may arise when paying late, and
the statement that nothing else is charged. The annual rate of an option is the rate of the
customer's own cash flows for a sample amount (PBoC Announcement 2021 No. 3).
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from credit.domain.caps import Path, paths
from credit.domain.charges import charges
from credit.domain.derive import derive
from credit.domain.derived import Derived, Happening, Row
from credit.domain.fees import Fee, FeeTiming, fee_minor
from credit.domain.rates import Apr, apr
from credit.domain.terms import DrawdownTerms, ProductTerms

SAMPLE_MINOR = 1_000_000
LISTED = "、"
PLACES = Decimal("0.000001")


def plan_of(
    terms: DrawdownTerms, *, amount_minor: int, value_on: date, is_workday: Callable[[date], bool]
) -> Derived:
    """The plan of one capture of `amount_minor` fen on `value_on`, nothing else happening."""
    capture = Happening(1, "capture", value_on, amount_minor)
    plan = derive(terms, [capture], as_of=value_on, is_workday=is_workday)
    fees = charges(terms, [row.due_on for row in plan.rows], amount_minor)
    if not fees:
        return plan
    raised = [
        Happening(seq, "fee", value_on, one.amount_minor, value_on, one.due_on)
        for seq, one in enumerate(fees, start=2)
    ]
    return derive(terms, [capture, *raised], as_of=value_on, is_workday=is_workday)


def apr_of(
    rows: Sequence[Row], *, amount_minor: int, value_on: date, fees: Sequence[Fee] = ()
) -> Apr:
    """Annual rate of a plan from the customer's own flows: in on `value_on`, out on the due dates.

    Interest follows the seed due dates, so the rate does too: a weekend's delay is no cost. What a
    discount bears is no cost of the customer's.
    """
    start = fee_minor(fees, FeeTiming.AT_START, amount_minor)
    each = fee_minor(fees, FeeTiming.WITH_INSTALLMENT, amount_minor)
    if not (start or each or any(row.interest_minor - row.discount_minor for row in rows)):
        return Apr(Decimal(0), Decimal(0))
    flows = [(value_on, amount_minor - start)]
    flows += [
        (r.seed_due_on, -(r.principal_minor + r.interest_minor - r.discount_minor + each))
        for r in rows
    ]
    return _shown(apr(flows))


def cost_sheet(  # noqa: PLR0913 -- what a sheet is made of, each by its name
    product: ProductTerms,
    *,
    annual_rate: Decimal,
    option_codes: Sequence[str],
    lenders: Sequence[tuple[str, str]],
    on: date,
    is_workday: Callable[[date], bool],
    fees: Sequence[Fee] = (),
    lpr: tuple[date, Decimal] | None = None,
    option_rates: Mapping[str, Decimal] | None = None,
) -> dict[str, Any]:
    """The sheet as a JSON object, hashed by whoever stores it. Amounts fen, rates as text.

    `lenders` are name and complaint phone of each that may fund an order, the usual one first.
    `lpr` is the one-year LPR at signing with the day it was published. `option_rates` are annual
    rates by option where they differ; `annual_rate` is then the highest, each sample has its own.
    """
    lender = LISTED.join(name for name, _phone in lenders)
    terms = DrawdownTerms.of(product, option_codes[0], annual_rate)
    samples = []
    for code in option_codes:
        rate = (option_rates or {}).get(code, annual_rate)
        option = DrawdownTerms.of(product, code, rate)
        plan = plan_of(option, amount_minor=SAMPLE_MINOR, value_on=on, is_workday=is_workday)
        ways = paths(
            option, fees=fees, amount_minor=SAMPLE_MINOR, value_on=on, is_workday=is_workday
        )
        own_rate = {"annual_rate": str(rate)} if option_rates else {}
        samples.append(_sample(code, plan.rows, ways) | own_rate)
    return {
        "version": 3,
        "lender": lender,
        "lenders": [{"name": name, "complaint_phone": phone} for name, phone in lenders],
        "complaint_phone": LISTED.join(dict.fromkeys(phone for _name, phone in lenders if phone)),
        "lpr": lpr and {"term": "1Y", "on": lpr[0].isoformat(), "value": f"{lpr[1]:f}"},
        "items": [
            {
                "code": "interest",
                "annual_rate": str(annual_rate),
                "basis": "outstanding principal, by the day",
                "year_days": terms.year_days,
                "interest_free_days": product.interest_free_days,
                "payee": lender,
                "timing": "with each installment",
            },
            *(_fee_item(fee) for fee in fees if fee.timing not in _CONTINGENT),
        ],
        "contingent": [
            {
                "code": "penalty",
                "annual_rate": str(terms.penalty_rate),
                "basis": "overdue principal, by the day from the due date",
                "grace_days": product.grace_days,
                "payee": lender,
                "timing": "when paid after the grace period",
            },
            *(_fee_item(fee) for fee in fees if fee.timing in _CONTINGENT),
        ],
        "nothing_else": True,
        "prepayment_fee_minor": 0,
        "samples": samples,
    }


def item_codes(sheet: dict[str, Any]) -> list[str]:
    """Every cost a sheet names: what is not among them may not be charged."""
    return [item["code"] for item in (*sheet["items"], *sheet["contingent"])]


_WHEN = {
    FeeTiming.AT_START: "at the drawdown",
    FeeTiming.WITH_INSTALLMENT: "with each installment",
    FeeTiming.WHEN_LATE: "when paid after the grace period",
    FeeTiming.AT_EXTENSION: "when an extension is granted",
}
# Not of a loan that performs normally: the second part of the sheet.
_CONTINGENT = frozenset({FeeTiming.WHEN_LATE, FeeTiming.AT_EXTENSION})


def _fee_item(fee: Fee) -> dict[str, Any]:
    return {
        "code": fee.code,
        "name": fee.name,
        "amount_minor": fee.amount_minor,
        "share_rate": str(fee.share_rate),
        "basis": "a fixed amount and a share of the drawn principal",
        "payee": fee.payee,
        "timing": _WHEN[fee.timing],
        "for_sample_minor": fee.minor(SAMPLE_MINOR),
    }


def _sample(code: str, rows: Sequence[Row], ways: Sequence[Path]) -> dict[str, Any]:
    """One option for the sample amount: on time, and what paying late makes of it."""
    on_time, *late = ways
    rate = _shown_of(on_time)
    interest = sum(row.interest_minor for row in rows)
    return {
        "option": code,
        "amount_minor": SAMPLE_MINOR,
        "interest_minor": interest,
        "fee_minor": -sum(amount for _, amount in on_time.flows) - interest,
        "installment_count": len(rows),
        "first_due_on": rows[0].due_on.isoformat(),
        "apr_simple": str(rate.simple),
        "apr_compound": str(rate.compound),
        "late": [
            {
                "days": way.late_days,
                "cost_minor": -sum(amount for _, amount in way.flows),
                "apr_simple": str(_shown_of(way).simple),
            }
            for way in late
        ],
    }


def _shown_of(way: Path) -> Apr:
    """Raises ValueError when fees leave the merchant nothing of the sample amount."""
    if way.apr is None:
        raise ValueError("the fees take the whole sample amount")
    return _shown(way.apr)


def _shown(exact: Apr) -> Apr:
    return Apr(exact.simple.quantize(PLACES), exact.compound.quantize(PLACES))
