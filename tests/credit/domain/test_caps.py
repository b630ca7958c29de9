"""What the caps stop: golden paths, the worst case, laws."""

import math
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from credit.domain.caps import Path, Rule, judge, paths, product_paths
from credit.domain.fees import Fee, FeeTiming, fees_of
from credit.domain.interest import PeriodUnit
from credit.domain.options import STANDARD_OPTIONS, BadTerms
from credit.domain.rates import apr, costs_more_than, percent
from credit.domain.terms import DrawdownTerms, ProductTerms

ON = date(2026, 3, 2)
PRODUCT = ProductTerms(options=tuple(STANDARD_OPTIONS.values()))
CODES = list(STANDARD_OPTIONS)
CAP_24 = Rule(
    cap=Decimal("0.24"), is_block=True, licence_type="bank", basis="24 %", source="a notice"
)


def always(_day: date) -> bool:
    return True


def weekdays(day: date) -> bool:
    return day.weekday() < 5


def fee(timing: FeeTiming, minor: int = 0, share: str = "0", code: str = "service") -> Fee:
    return Fee(
        code=code, name="服务费", timing=timing, payee="示例小贷", amount_minor=minor,
        share_rate=Decimal(share),
    )  # fmt: skip


def ways(
    code: str, rate: str, *fees: Fee, amount: int = 1_000_000, product: ProductTerms = PRODUCT
) -> tuple[Path, ...]:
    return paths(
        DrawdownTerms.of(product, code, Decimal(rate)),
        fees=fees, amount_minor=amount, value_on=ON, is_workday=always,
    )  # fmt: skip


def shown(path: Path) -> str:
    assert path.apr is not None
    return str(percent(path.apr.simple))


# golden paths


def test_a_bullet_on_time_and_late() -> None:
    on_time, thirty, ninety = ways("bullet_30", "0.12")
    due = ON + timedelta(days=30)
    assert on_time.flows == ((ON, 1_000_000), (due, -1_009_863))
    # from the due date 10,000 × 18 % × 30 / 365 = 147.95, × 90 / 365 = 443.84
    assert thirty.flows == ((ON, 1_000_000), (due + timedelta(days=30), -1_009_863 - 14_795))
    assert ninety.flows == ((ON, 1_000_000), (due + timedelta(days=90), -1_009_863 - 44_384))
    assert [shown(path) for path in (on_time, thirty, ninety)] == ["12.00", "15.00", "16.50"]


def test_within_grace_lateness_costs_nothing() -> None:
    patient = ProductTerms(options=PRODUCT.options, grace_days=30)
    on_time, thirty, ninety = ways("bullet_30", "0.12", product=patient)
    assert thirty.flows[1] == (ON + timedelta(days=60), on_time.flows[1][1])
    assert ninety.flows[1][1] == -1_009_863 - 44_384


def test_every_installment_is_late_by_itself() -> None:
    on_time, thirty, _ninety = ways("equal_3", "0.12")
    planned = [amount for _, amount in on_time.flows[1:]]
    late = [amount for _, amount in thirty.flows[1:]]
    assert [day for day, _ in thirty.flows[1:]] == [
        day + timedelta(days=30) for day, _ in on_time.flows[1:]
    ]
    # 18 % for 30 days on each installment's own principal: 3,298.85, 3,334.68, 3,366.47 yuan
    assert [before - after for before, after in zip(planned, late, strict=True)] == [
        4_880, 4_933, 4_981,
    ]  # fmt: skip


def test_the_flat_fee_trap_shows_its_true_rate() -> None:
    # §1.1: 12,000 over twelve months with 0.6 % of the original principal each month is no 7.2 %
    free = ProductTerms(options=PRODUCT.options, penalty_multiplier=Decimal(1))
    monthly = fee(FeeTiming.WITH_INSTALLMENT, share="0.006")
    on_time = ways("equal_12", "0", monthly, amount=1_200_000, product=free)[0]
    assert {amount for _, amount in on_time.flows[1:]} == {-107_200}
    assert percent(apr(on_time.flows, unit=PeriodUnit.MONTH).simple) == Decimal("13.03")
    # by calendar days, as it is shown
    assert shown(on_time) == "12.97"


def test_a_fee_at_the_start_lowers_what_is_received() -> None:
    days_45 = ways("bullet_60", "0", fee(FeeTiming.AT_START, 15_000))[0]
    assert days_45.flows == ((ON, 985_000), (ON + timedelta(days=60), -1_000_000))
    assert shown(days_45) == "9.26"


def test_a_fee_of_lateness_is_charged_past_grace_only() -> None:
    late_fee = fee(FeeTiming.WHEN_LATE, 5_000)
    plain, late = ways("bullet_30", "0.12"), ways("bullet_30", "0.12", late_fee)
    assert plain[0] == late[0]
    assert [one.flows[1][1] - two.flows[1][1] for one, two in zip(plain, late, strict=True)] == [
        0, 5_000, 5_000,
    ]  # fmt: skip


# judging


def judged(rate: str, rule: Rule = CAP_24, *fees: Fee, amount: int = 1_000_000) -> list[str]:
    found = product_paths(
        PRODUCT, fees=fees, rates=[Decimal("0.06"), Decimal(rate)], option_codes=CODES,
        amounts_minor=[amount], value_on=ON, is_workday=always,
    )  # fmt: skip
    return [finding.path.option for finding in judge(found, [rule]).findings if finding.path]


def test_the_worst_case_is_what_is_judged() -> None:
    # 16.5 % becomes 22.7 % when paid 90 days late, 18 % becomes 24.75 %
    assert judged("0.165") == []
    assert "bullet_30" in judged("0.18")
    found = ways("bullet_30", "0.18")
    [finding] = judge(found, [CAP_24]).findings
    assert finding.path is not None
    assert (finding.code, finding.is_block, finding.path.late_days) == ("cap_exceeded", True, 90)
    assert finding.rate is not None
    assert percent(finding.rate) == Decimal("24.75")


def test_a_warning_is_no_block() -> None:
    warn = Rule(
        cap=Decimal("0.12"), is_block=False, licence_type="microloan", basis="4 × LPR",
        source="a notice",
    )  # fmt: skip
    judgement = judge(ways("bullet_30", "0.114"), [warn])
    assert judgement.blocks == ()
    assert [finding.code for finding in judgement.warnings] == ["cap_exceeded"]


def test_a_rule_without_its_lpr_cannot_be_shown_to_hold() -> None:
    unknown = Rule(cap=None, is_block=True, licence_type="none", basis="4 × LPR", source="x")
    [finding] = judge(ways("bullet_30", "0.01"), [unknown]).blocks
    assert (finding.code, finding.path, finding.rate) == ("lpr_unknown", None, None)


def test_no_rule_is_not_read_as_approval() -> None:
    judgement = judge(ways("bullet_30", "0.01"), [])
    assert [(f.code, f.is_block) for f in judgement.findings] == [("no_rule", False)]


def test_fees_that_leave_nothing_are_above_every_cap() -> None:
    eaten = ways("bullet_30", "0", fee(FeeTiming.AT_START, 1_000_000))
    assert eaten[0].apr is None
    [finding] = judge(eaten, [CAP_24]).findings
    assert (finding.code, finding.rate) == ("cap_exceeded", None)


def test_a_price_exactly_at_the_cap_holds_whatever_the_rounding() -> None:
    at_cap = Rule(
        cap=Decimal("0.12"), is_block=True, licence_type="none", basis="4 × LPR", source="x"
    )
    flat = ProductTerms(options=PRODUCT.options, penalty_multiplier=Decimal(1))
    for amount in (10_000, 10_001, 33_333, 1_000_000, 123_456_789):
        for code in CODES:
            found = ways(code, "0.12", amount=amount, product=flat)
            assert judge(found, [at_cap]).findings == (), (code, amount)
    assert judge(ways("bullet_30", "0.1202", product=flat), [at_cap]).findings != ()


def test_weekends_do_not_raise_the_rate_on_time() -> None:
    terms = DrawdownTerms.of(PRODUCT, "bullet_30", Decimal("0.12"))
    shifted = paths(terms, fees=(), amount_minor=1_000_000, value_on=date(2026, 3, 6),
                    is_workday=weekdays)  # fmt: skip
    assert shown(shifted[0]) == "12.00"


# fees


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"code": "interest"}, "a code of its own"),
        ({"code": ""}, "a code of its own"),
        ({"amount_minor": 0, "share_rate": "0"}, "an amount, a share"),
        ({"amount_minor": -1}, "an amount, a share"),
    ],
)
def test_fees_that_are_none(change: dict[str, object], problem: str) -> None:
    good = fee(FeeTiming.AT_START, 100, "0.01").to_json()
    assert [one.to_json() for one in fees_of({"fees": [good]})] == [good]
    with pytest.raises(BadTerms, match=problem):
        fees_of({"fees": [{**good, **change}]})


def test_two_fees_of_one_code() -> None:
    one = fee(FeeTiming.AT_START, 100).to_json()
    with pytest.raises(BadTerms, match="each fee"):
        fees_of({"fees": [one, one]})
    assert fees_of({}) == ()


# an outside oracle, and laws

# a payment, the days between payments, what the first one costs besides
LOANS = (st.integers(10_000, 10**9), st.lists(st.integers(7, 90), min_size=1, max_size=12),
         st.integers(1, 5_000))  # fmt: skip


def flows_of(payment: int, gaps: list[int], cost: int) -> list[tuple[date, int]]:
    days = [ON + timedelta(days=sum(gaps[: index + 1])) for index in range(len(gaps))]
    paid = [-payment - cost, *([-payment] * (len(gaps) - 1))]
    return [(ON, payment * len(gaps)), *zip(days, paid, strict=True)]


@given(*LOANS)
def test_xirr_is_what_scipy_finds(payment: int, gaps: list[int], cost: int) -> None:
    flows = flows_of(payment, gaps, cost)

    def value(rate: float) -> float:
        return sum(float(c) / math.pow(1 + rate, (day - ON).days / 365) for day, c in flows)

    found = brentq(value, 0, 1e12, xtol=1e-15, rtol=1e-14, maxiter=500)
    assert abs(float(apr(flows).compound) - found) <= 1e-7 * max(1.0, found)


@given(*LOANS)
def test_costing_more_agrees_with_the_rate(payment: int, gaps: list[int], cost: int) -> None:
    flows = flows_of(payment, gaps, cost)
    rate = apr(flows).simple
    step = Decimal("1e-12")
    assert costs_more_than(flows, rate - step)
    assert not costs_more_than(flows, rate + step)


# twelve installments on three paths take a while on a busy machine: no deadline
RATES = st.integers(0, 3_000).map(lambda basis: Decimal(basis) / 10_000)


@settings(deadline=None)
@given(st.sampled_from(CODES), st.integers(10_000, 10**10))
def test_no_price_no_fee_no_rate(code: str, amount: int) -> None:
    for path in ways(code, "0", amount=amount):
        assert path.apr is not None
        assert path.apr.simple == path.apr.compound == 0
        assert not path.is_above(Decimal(0))


# Nobody has to extend: its fee is on the sheet, not in what paying costs.
IN_A_PATH = [FeeTiming.AT_START, FeeTiming.WITH_INSTALLMENT, FeeTiming.WHEN_LATE]


@settings(deadline=None)
@given(st.sampled_from(CODES), RATES, st.sampled_from(IN_A_PATH), st.integers(1, 9_000))
def test_any_fee_raises_the_rate_where_it_falls(
    code: str, rate: Decimal, timing: FeeTiming, minor: int
) -> None:
    plain, dearer = ways(code, str(rate)), ways(code, str(rate), fee(timing, minor))
    for before, after in zip(plain, dearer, strict=True):
        assert before.apr is not None
        assert after.apr is not None
        if timing is FeeTiming.WHEN_LATE and not before.late_days:
            assert before.flows == after.flows
        else:
            assert after.apr.simple > before.apr.simple
            assert after.apr.compound > before.apr.compound


@settings(deadline=None)
@given(st.sampled_from(CODES), RATES, st.integers(2, 50))
def test_the_amount_does_not_move_the_rate(code: str, rate: Decimal, factor: int) -> None:
    """Beyond rounding to the fen: at ten million yuan that is less than a thousandth of a point."""
    share = fee(FeeTiming.AT_START, share="0.01")
    amount = 10**9
    for one, many in zip(
        ways(code, str(rate), share, amount=amount),
        ways(code, str(rate), share, amount=amount * factor),
        strict=True,
    ):
        assert one.apr is not None
        assert many.apr is not None
        assert abs(one.apr.simple - many.apr.simple) < Decimal("0.00001")


@settings(deadline=None)
@given(st.sampled_from(CODES), RATES)
def test_later_never_costs_less(code: str, rate: Decimal) -> None:
    costs = [-sum(amount for _, amount in path.flows) for path in ways(code, str(rate))]
    assert costs == sorted(costs)
