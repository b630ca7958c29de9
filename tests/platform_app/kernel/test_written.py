"""How amounts, rates and days are written on every page."""

from datetime import UTC, date, datetime
from decimal import Decimal

from django.utils.translation import override

from platform_app.kernel.templatetags import money

LATE = datetime(2026, 12, 4, 16, 32, tzinfo=UTC)  # 5 December 00:32 in Shanghai


def test_amounts_and_rates() -> None:
    assert [money.yuan(minor) for minor in (1_280_000, 0, None)] == ["12,800.00", "0.00", ""]
    assert [money.unsigned_yuan(minor) for minor in (-1_280_000, 5)] == ["12,800.00", "0.05"]
    assert [money.percent(rate) for rate in (Decimal("0.12"), 0.125, None)] == [
        "12.00%", "12.50%", "",
    ]  # fmt: skip
    assert money.percent(Decimal("0.12345"), 1) == "12.3%"


def test_days_are_those_of_shanghai() -> None:
    with override("en"):
        assert money.day(LATE) == money.day(date(2026, 12, 5)) == "2026-12-05 Sat"
        assert [money.day(None), money.moment(None)] == ["", ""]
        assert money.moment(LATE) == "2026-12-05 00:32"
        assert money.weekday(date(2026, 12, 7)) == "Mon"
