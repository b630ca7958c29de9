"""How amounts, rates and days are written on every page."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.translation import gettext as _

from platform_app.kernel.clock import SHANGHAI
from platform_app.kernel.money import format_yuan

register = template.Library()


@register.filter
def yuan(minor: int | None) -> str:
    """`1280000` → `12,800.00`; nothing stays nothing."""
    return "" if minor is None else format_yuan(int(minor))


@register.filter
def unsigned_yuan(minor: int) -> str:
    """`-1280000` → `12,800.00`: the column or word beside it says which side it is on."""
    return format_yuan(abs(int(minor)))


@register.filter
def percent(rate: Decimal | float | None, places: int = 2) -> str:
    """`0.12` → `12.00%`."""
    return "" if rate is None else f"{Decimal(str(rate)) * 100:.{places}f}%"


@register.filter
def day(value: date | datetime | None) -> str:
    """`2026-12-05 周六`: the day in Shanghai, wherever the reader is."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(SHANGHAI).date()
    return f"{value:%Y-%m-%d} {weekday(value)}"


@register.filter
def moment(value: datetime | None) -> str:
    """`2026-12-05 10:32` in Shanghai."""
    return "" if value is None else f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def weekday(value: date) -> str:
    return [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")][value.weekday()]
