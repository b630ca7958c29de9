"""What a product would cost a merchant: the plan, its price, and where the caps lie.

The plan is `plan_of`, the paths are what publishing and quoting are judged by: the figures here are
the figures of a quote.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from credit.domain.caps import Judgement, Path, Rule, judge, paths
from credit.domain.cost_sheet import plan_of
from credit.domain.derived import Row
from credit.domain.fees import FeeTiming, fee_minor, fees_of
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.queries.calendar import workday_test
from credit.queries.caps import rules_in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One drawdown of a product that nobody has made; amounts in fen."""

    terms: DrawdownTerms
    amount_minor: int
    value_on: date
    rows: tuple[Row, ...]
    interest_minor: int
    fee_minor: int
    ways: tuple[Path, ...]
    rules: tuple[Rule, ...]
    judgement: Judgement

    @property
    def total_minor(self) -> int:
        return self.amount_minor + self.interest_minor + self.fee_minor


def preview(
    terms: dict[str, Any],
    *,
    licence_type: str,
    product_kind: str,
    option_code: str,
    annual_rate: Decimal,
    amount_minor: int,
    on: date,
) -> Preview:
    """Price an option of these terms (a version's JSON). Raises KeyError for the option."""
    drawdown = DrawdownTerms.of(ProductTerms.from_json(terms), option_code, annual_rate)
    fees, is_workday = fees_of(terms), workday_test()
    rules = rules_in_force(licence_type=licence_type, product_kind=product_kind, on=on)
    rows = plan_of(drawdown, amount_minor=amount_minor, value_on=on, is_workday=is_workday).rows
    ways = paths(drawdown, fees=fees, amount_minor=amount_minor, value_on=on, is_workday=is_workday)
    each = fee_minor(fees, FeeTiming.WITH_INSTALLMENT, amount_minor)
    return Preview(
        terms=drawdown,
        amount_minor=amount_minor,
        value_on=on,
        rows=rows,
        interest_minor=sum(row.interest_minor for row in rows),
        fee_minor=fee_minor(fees, FeeTiming.AT_START, amount_minor) + each * len(rows),
        ways=ways,
        rules=tuple(rules),
        judgement=judge(ways, rules),
    )
