"""Netting, spreading and the bytes of a file, to the fen."""

import hashlib
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from credit.domain.reconciliation_file import FileRow, file_bytes, harmless, yuan
from credit.domain.settlement import fraction_of, netted, payout_day
from credit.domain.spreading import Claim, spread

fen = st.integers(-(10**12), 10**12)
ON = date(2026, 4, 10)


@given(amounts=st.lists(fen), carried=st.integers(0, 10**12))
def test_net_and_carry_are_what_went_in(amounts: list[int], carried: int) -> None:
    net = netted(amounts, carried_in_minor=carried)
    assert net.net_minor - net.carried_out_minor == sum(amounts) - carried
    assert min(net.net_minor, net.carried_out_minor) == 0


@given(days=st.lists(st.lists(fen, max_size=5)))
def test_nets_and_the_last_carry_are_all_amounts(days: list[list[int]]) -> None:
    paid = carried = 0
    for amounts in days:
        net = netted(amounts, carried_in_minor=carried)
        paid, carried = paid + net.net_minor, net.carried_out_minor
    assert paid - carried == sum(map(sum, days))


def test_fractions_round_half_up() -> None:
    assert [fraction_of(amount, Decimal("0.005")) for amount in (99, 100, 300, -100, 0)] == [
        0, 1, 2, -1, 0,
    ]  # fmt: skip


def test_payout_days() -> None:
    friday = date(2026, 3, 6)
    assert payout_day(friday, 1) == date(2026, 3, 7)
    assert payout_day(friday, 1, lambda day: day.weekday() < 5) == date(2026, 3, 9)
    assert payout_day(date(2028, 2, 28), 1) == date(2028, 2, 29)


def claim(name: str, due_on: date, due: int, payoff: int) -> Claim:
    return Claim(drawdown_id=name, due_on=due_on, due_minor=due, payoff_minor=payoff)


def test_what_is_due_comes_before_anything_early() -> None:
    claims = [
        claim("next", date(2026, 5, 1), 300, 900),
        claim("late", date(2026, 3, 1), 200, 700),
        claim("today", ON, 100, 400),
    ]
    assert spread(150, claims, on=ON) == {"late": 150}
    assert spread(250, claims, on=ON) == {"late": 200, "today": 50}
    assert spread(301, claims, on=ON) == {"late": 201, "today": 100}
    assert spread(5_000, claims, on=ON) == {"late": 700, "today": 400, "next": 900}
    assert spread(100, [], on=ON) == {}


claims_of = st.lists(
    st.tuples(
        st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 500), st.integers(0, 500)
    ),
    max_size=6,
)


@given(amount=st.integers(1, 5_000), facts=claims_of)
def test_spreading_loses_and_invents_nothing(
    amount: int, facts: list[tuple[date, int, int]]
) -> None:
    claims = [
        claim(f"d{n}", due_on, due, due + more) for n, (due_on, due, more) in enumerate(facts)
    ]
    parts = spread(amount, claims, on=ON)
    assert sum(parts.values()) == min(amount, sum(one.payoff_minor for one in claims))
    assert all(parts[one.drawdown_id] > 0 for one in claims if one.drawdown_id in parts)
    taken = {one.drawdown_id: parts.get(one.drawdown_id, 0) for one in claims}
    assert all(taken[one.drawdown_id] <= one.payoff_minor for one in claims)
    due = [one for one in claims if one.due_on <= ON]
    if any(taken[one.drawdown_id] > one.due_minor for one in due):
        assert all(taken[one.drawdown_id] >= one.due_minor for one in due)


def test_the_bytes_of_a_file() -> None:
    row = FileRow(
        kind="capture", booked_on=date(2026, 3, 2), value_on=date(2026, 3, 2), drawdown_id="drw_1",
        order_no="=SO-1", key="k,1", entry_id="jen_1", amount_minor=-123_456,
    )  # fmt: skip
    made = file_bytes([row])
    assert made.content.decode() == (
        "\ufeff类型(kind),账务日(booked_on),起息日(value_on),支用编号(drawdown),订单号(order_no),"
        "业务键(key),凭证编号(entry),金额/元(amount_yuan)\r\n"
        'capture,2026-03-02,2026-03-02,drw_1,\'=SO-1,"k,1",jen_1,-1234.56\r\n'
        "合计(total),1,,,,,,-1234.56\r\n"
    )
    assert made.sha256 == hashlib.sha256(made.content).hexdigest()
    assert (made.row_count, made.sum_minor) == (1, -123_456)
    assert file_bytes([row]) == made
    assert file_bytes([]).content.decode().endswith("合计(total),0,,,,,,0.00\r\n")
    assert [yuan(amount) for amount in (0, 5, -5, 123_456_789)] == [
        "0.00", "0.05", "-0.05", "1234567.89",
    ]  # fmt: skip
    assert [harmless(text) for text in ("@x", "-1", "ok", "")] == ["'@x", "'-1", "ok", ""]
