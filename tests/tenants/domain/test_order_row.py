"""Order lines as people export them: what is read, and the code of what is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.domain.order_row import REASONS, header_columns, header_fault, parse_row
from tenants.values import OrderRow, RowError

TODAY = date(2026, 3, 2)
GOOD = {
    "order_no": "SO1", "merchant_no": "M1", "ordered_on": "2026-01-06", "quantity": "3",
    "amount_yuan": "1234.50",
}  # fmt: skip


def read(**changes: str | None) -> OrderRow | RowError:
    return parse_row({**GOOD, **changes}, 7, known_on=TODAY)


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({}, "amount_minor", 123450),
        ({"amount_yuan": "1,234.5"}, "amount_minor", 123450),
        ({"amount_yuan": " ¥ 12 "}, "amount_minor", 1200),
        ({"amount_yuan": "12.3000"}, "amount_minor", 1230),
        ({"amount_yuan": "12."}, "amount_minor", 1200),
        ({"amount_yuan": "0"}, "amount_minor", 0),
        ({"quantity": "1,000"}, "quantity", 1000),
        ({"quantity": "2.0"}, "quantity", 2),
        ({"ordered_on": "2026/1/6"}, "ordered_on", date(2026, 1, 6)),
        ({"ordered_on": "2026年1月6日"}, "ordered_on", date(2026, 1, 6)),
        ({"ordered_on": "2026-01-06 23:59:59"}, "ordered_on", date(2026, 1, 6)),
        ({"ordered_on": "2026-03-02"}, "ordered_on", TODAY),
        ({"ordered_on": "2024-02-29"}, "ordered_on", date(2024, 2, 29)),
        ({"order_no": "  SO1 "}, "order_no", "SO1"),
        ({"status": "已退货"}, "status", "returned"),
        ({"status": "Cancelled"}, "status", "canceled"),
        ({"status": ""}, "status", "placed"),
        ({"merchant_name": "示例店"}, "merchant_name", "示例店"),
        ({"unknown": "x"}, "category", ""),
    ],
)
def test_what_is_read(changes: dict[str, str], field: str, value: object) -> None:
    row = read(**changes)
    assert isinstance(row, OrderRow)
    assert getattr(row, field) == value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"order_no": " "}, "missing"),
        ({"amount_yuan": ""}, "missing"),
        ({"amount_yuan": None}, "column_count"),
        ({"order_no": "x" * 65}, "too_long"),
        ({"merchant_no": "M\x001"}, "control_character"),
        ({"merchant_name": "店" * 201}, "too_long"),
        ({"ordered_on": "06/01/2026"}, "bad_date"),
        ({"ordered_on": "2026-02-30"}, "bad_date"),
        ({"ordered_on": "2026-03-03"}, "future_date"),
        ({"quantity": "1.5"}, "bad_quantity"),
        ({"quantity": "-1"}, "negative"),
        ({"quantity": "３"}, "bad_quantity"),
        ({"quantity": "99999999999"}, "too_large"),
        ({"quantity": "2147483648"}, "too_large"),
        ({"amount_yuan": "-1.00"}, "negative"),
        ({"amount_yuan": "1.005"}, "too_precise"),
        ({"amount_yuan": "1e5"}, "bad_amount"),
        ({"amount_yuan": "NaN"}, "bad_amount"),
        ({"amount_yuan": "1.x"}, "bad_amount"),
        ({"amount_yuan": "."}, "bad_amount"),
        ({"amount_yuan": "9999999999999"}, "too_large"),
        ({"status": "lost"}, "bad_status"),
    ],
)
def test_what_is_refused(changes: dict[str, str | None], code: str) -> None:
    error = read(**changes)
    assert isinstance(error, RowError)
    assert (error.line_no, error.code) == (7, code)
    chinese, slash, english = error.reason.partition(" / ")
    assert chinese
    assert slash
    assert english.isascii()
    assert "\x00" not in error.raw


def test_too_many_cells_are_refused() -> None:
    error = parse_row({**GOOD, None: ["extra"]}, 3, known_on=TODAY)
    assert isinstance(error, RowError)
    assert error.code == "column_count"


def test_headers() -> None:
    assert header_columns(["\ufeffOrder_No ", "数量"]) == ["order_no", "数量"]
    assert header_fault(list(GOOD)) is None
    assert header_fault([*GOOD, "备注", "备注"]) is None
    assert header_fault([*GOOD, "quantity"]) == ("header_duplicate", "quantity")
    assert header_fault(["order_no"]) == ("header_missing", "merchant_no")


def test_every_reason_is_bilingual() -> None:
    assert all(" / " in reason for reason in REASONS.values())


@given(st.dictionaries(st.sampled_from([*GOOD, "status", "category"]), st.text(max_size=80)))
def test_no_text_makes_it_raise(changes: dict[str, str]) -> None:
    row = read(**changes)
    assert isinstance(row, OrderRow | RowError)
    if isinstance(row, OrderRow):
        assert row.amount_minor >= 0
        assert row.quantity >= 0
        assert row.ordered_on <= TODAY
