"""What a loan may cost at most: the customer's cash flows held against the caps of a day.

Every path a merchant can be on is priced: all paid on time, and every installment paid 30 and 90
days late, with penalty interest and the fees of lateness. The rate that counts is the simple annual
rate that is shown, rounded as it is shown. A figure that only the rounding of installments to the
fen lifts above a cap does not break it: one fen a payment is no cost.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from credit.domain.derive import derive
from credit.domain.derived import Derived, Happening
from credit.domain.fees import Fee, FeeTiming, fee_minor
from credit.domain.rates import Apr, apr, costs_more_than, percent
from credit.domain.terms import DrawdownTerms, ProductTerms

LATE_DAYS = (30, 90)
Flows = tuple[tuple[date, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One cap in force: `cap` is an annual fraction, None when its LPR is not known."""

    cap: Decimal | None
    is_block: bool
    licence_type: str
    basis: str
    source: str
    lpr: Decimal | None = None
    multiple: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way a loan can go, as the customer's own cash flows; `late_days` 0 is on time."""

    option: str
    annual_rate: Decimal
    amount_minor: int
    late_days: int
    flows: Flows

    @property
    def apr(self) -> Apr | None:
        """The all-in annual rates; None when the merchant would receive nothing."""
        if not sum(amount for _, amount in self.flows):
            return Apr(Decimal(0), Decimal(0))
        try:
            return apr(self.flows)
        except ValueError:
            return None

    def is_above(self, cap: Decimal) -> bool:
        """Whether the shown rate is above the cap, by more than rounding to the fen explains."""
        if not costs_more_than(self.flows, cap):
            return False
        cheaper = [(day, amount + 1 if amount < 0 else amount) for day, amount in self.flows]
        if not costs_more_than(cheaper, cap):
            return False
        rates = self.apr
        return rates is None or percent(rates.simple) > percent(cap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A cap that does not hold, or may not: `code` is cap_exceeded, lpr_unknown or no_rule."""

    code: str
    is_block: bool
    path: Path | None
    rule: Rule | None

    @property
    def rate(self) -> Decimal | None:
        rates = self.path.apr if self.path else None
        return rates.simple if rates else None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the caps say: blocks stop, warnings are shown."""

    findings: tuple[Finding, ...]

    @property
    def blocks(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if finding.is_block)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.findings if not finding.is_block)


def paths(
    terms: DrawdownTerms,
    *,
    fees: Sequence[Fee],
    amount_minor: int,
    value_on: date,
    is_workday: Callable[[date], bool],
) -> tuple[Path, ...]:
    """On time, 30 days late, 90 days late: the flows of one drawdown on `value_on`, in fen."""
    capture = [Happening(1, "capture", value_on, amount_minor)]

    def plan(as_of: date) -> Derived:
        return derive(terms, capture, as_of=as_of, is_workday=is_workday)

    on_time = plan(value_on)
    flows = [(0, normal_flows(on_time, fees=fees, amount_minor=amount_minor, value_on=value_on))]
    for days in LATE_DAYS:
        unpaid = plan(on_time.maturity_on + timedelta(days=days))
        flows.append((days, _late_flows(unpaid, days, terms, fees, amount_minor, value_on)))
    return tuple(
        Path(
            option=terms.option.code,
            annual_rate=terms.annual_rate,
            amount_minor=amount_minor,
            late_days=days,
            flows=found,
        )
        for days, found in flows
    )


def normal_flows(plan: Derived, *, fees: Sequence[Fee], amount_minor: int, value_on: date) -> Flows:
    """All paid on time. Interest follows the seed due dates: a weekend's delay is no cost."""
    start = fee_minor(fees, FeeTiming.AT_START, amount_minor)
    each = fee_minor(fees, FeeTiming.WITH_INSTALLMENT, amount_minor)
    out = [(r.seed_due_on, -(r.principal_minor + r.interest_minor + each)) for r in plan.rows]
    return ((value_on, amount_minor - start), *out)


def _late_flows(
    plan: Derived,
    days: int,
    terms: DrawdownTerms,
    fees: Sequence[Fee],
    amount_minor: int,
    value_on: date,
) -> Flows:
    """Every installment paid `days` after its due date, with what lateness has added by then.

    The plan is derived for `days` after the last due date with nothing paid. If its last row bears
    no penalty there, `days` lie within grace and no row does on its own day.
    """
    start = fee_minor(fees, FeeTiming.AT_START, amount_minor)
    each = fee_minor(fees, FeeTiming.WITH_INSTALLMENT, amount_minor)
    penalties = list(plan.running)
    if days > terms.grace_days:
        each += fee_minor(fees, FeeTiming.WHEN_LATE, amount_minor)
    if all(segment.seq != plan.rows[-1].seq for segment in penalties):
        penalties = []
    out = []
    for row in plan.rows:
        paid_on = row.due_on + timedelta(days=days)
        penalty = sum(s.earned_minor(paid_on) for s in penalties if s.seq == row.seq)
        out.append((paid_on, -(row.principal_minor + row.interest_minor + penalty + each)))
    return ((value_on, amount_minor - start), *out)


def product_paths(
    product: ProductTerms,
    *,
    fees: Sequence[Fee],
    rates: Iterable[Decimal],
    option_codes: Sequence[str],
    amounts_minor: Iterable[int],
    value_on: date,
    is_workday: Callable[[date], bool],
) -> list[Path]:
    """Every path of every option at each of these annual rates and amounts."""
    amounts = sorted(set(amounts_minor))
    return [
        path
        for rate in sorted(set(rates))
        for code in option_codes
        for amount in amounts
        for path in paths(
            DrawdownTerms.of(product, code, rate),
            fees=fees,
            amount_minor=amount,
            value_on=value_on,
            is_workday=is_workday,
        )
    ]


def judge(found: Iterable[Path], rules: Sequence[Rule]) -> Judgement:
    """Hold every path against every rule: per rule and option, the dearest path that is above.

    A rule whose LPR is not known is found too: it cannot be shown to hold. Without any rule for
    the licence there is one warning, so that silence is never read as approval.
    """
    if not rules:
        return Judgement((Finding(code="no_rule", is_block=False, path=None, rule=None),))
    all_paths = list(found)
    findings: list[Finding] = []
    for rule in rules:
        if rule.cap is None:
            findings.append(
                Finding(code="lpr_unknown", is_block=rule.is_block, path=None, rule=rule)
            )
            continue
        dearest: dict[str, Path] = {}
        for path in all_paths:
            if path.is_above(rule.cap) and _is_dearer(path, dearest.get(path.option)):
                dearest[path.option] = path
        findings += [
            Finding(code="cap_exceeded", is_block=rule.is_block, path=path, rule=rule)
            for path in dearest.values()
        ]
    return Judgement(tuple(findings))


def _is_dearer(path: Path, other: Path | None) -> bool:
    if other is None:
        return True
    one, two = path.apr, other.apr
    return two is not None and (one is None or one.simple > two.simple)
