"""What an amount would cost under each option, computed by the engine that will book it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit.domain.cost_sheet import apr_of, plan_of
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.queries.calendar import workday_test


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One option for one amount; fen, and the annual rate of the customer's own cash flows."""

    code: str
    amount_minor: int
    interest_minor: int
    installments: int
    first_minor: int
    first_due_on: date
    last_due_on: date
    apr: Decimal

    @property
    def name(self) -> str:
        return option_name(self.code)

    @property
    def total_minor(self) -> int:
        return self.amount_minor + self.interest_minor


def samples(
    product: ProductTerms, rates: Mapping[str, Decimal], amount_minor: int, on: date
) -> list[Sample]:
    """The options side by side, each at its rate, for `amount_minor` fen drawn on `on`."""
    return [_sample(product, rate, code, amount_minor, on) for code, rate in rates.items()]


def _sample(
    product: ProductTerms, annual_rate: Decimal, code: str, amount_minor: int, on: date
) -> Sample:
    terms = DrawdownTerms.of(product, code, annual_rate)
    rows = plan_of(terms, amount_minor=amount_minor, value_on=on, is_workday=workday_test()).rows
    return Sample(
        code=code,
        amount_minor=amount_minor,
        interest_minor=sum(row.interest_minor for row in rows),
        installments=len(rows),
        first_minor=rows[0].principal_minor + rows[0].interest_minor,
        first_due_on=rows[0].due_on,
        last_due_on=rows[-1].due_on,
        apr=apr_of(rows, amount_minor=amount_minor, value_on=on).simple,
    )


def option_name(code: str) -> str:
    """`bullet_30` → “Pay once after 30 days”; a code of another pattern is shown as it is."""
    kind, _underscore, count = code.rpartition("_")
    if kind not in {"bullet", "equal"} or not count.isdecimal():
        return code
    if kind == "bullet":
        return _("Pay once after {count} days").format(count=count)
    return ngettext(
        "{count} monthly installment", "{count} equal monthly installments", int(count)
    ).format(count=count)
