"""Words for codes that are stored: term options, bounds of a limit, what an amount did."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from credit.domain.routing import MESSAGES
from platform_app.kernel import ids as public_ids
from platform_app.kernel.money import format_yuan
from tenants.models import Member

_OPTIONS: Final = {
    "bullet_30": gettext_noop("30 days"),
    "bullet_60": gettext_noop("60 days"),
    "bullet_90": gettext_noop("90 days"),
    "equal_3": gettext_noop("3 installments"),
    "equal_6": gettext_noop("6 installments"),
    "equal_12": gettext_noop("12 installments"),
}
_BOUNDS: Final = {
    "turnover": gettext_noop("Monthly turnover, tenure and returns"),
    "working_capital": gettext_noop("Working capital the trade needs"),
    "serviceability": gettext_noop("What the margin can repay"),
    "loss_budget": gettext_noop("Loss budget for this grade"),
    "max_limit": gettext_noop("Highest limit of the program"),
    "small_limit": gettext_noop("Ceiling for small starts"),
    "starter_limit": gettext_noop("Ceiling for a short history"),
    "exploration": gettext_noop("A small limit to learn from, given by an experiment"),
}
_DEBIT_REASONS: Final = {
    "insufficient_funds": gettext_noop("Not enough money in the account"),
    "not_received": gettext_noop("The bank never received it"),
    "timeout": gettext_noop("The bank has not answered yet"),
}
# As the calendar's source writes them; an imported file brings its own words.
_HOLIDAYS: Final = {
    "New Year's Day": gettext_noop("New Year's Day"),
    "Spring Festival": gettext_noop("Spring Festival"),
    "Tomb-sweeping Day": gettext_noop("Tomb-sweeping Day"),
    "Labour Day": gettext_noop("Labor Day"),
    "Dragon Boat Festival": gettext_noop("Dragon Boat Festival"),
    "National Day": gettext_noop("National Day"),
    "Mid-autumn Festival": gettext_noop("Mid-autumn Festival"),
}


def option(code: str) -> str:
    """`bullet_30` → 30 days; a code without words is shown as it is."""
    return _(_OPTIONS[code]) if code in _OPTIONS else code


def bound(code: str) -> str:
    """Which bound of the limit this is, in words."""
    return _(_BOUNDS[code]) if code in _BOUNDS else code


def fact(key: str, value: Any) -> str:
    """A fact of a decision as people read it."""
    if value is None:
        return _("unknown")
    if key.endswith("_minor"):
        return f"¥{format_yuan(value)}"
    if key in _SHARES:
        return f"{value:.1%}"
    return f"{value:,}"


_SHARES: Final = {"return_rate", "momentum"}


def holiday(kind: str) -> str:
    """The name of a holiday in the reader's language."""
    return _(_HOLIDAYS[kind]) if kind in _HOLIDAYS else kind


def bucket(code: str) -> str:
    """`1-7` → 1–7 days; `181+` → 181 days and more."""
    if code == "current":
        return _("Not past due")
    if code.endswith("+"):
        return _("%(days)s days and more") % {"days": code.removesuffix("+")}
    return _("%(days)s days") % {"days": code.replace("-", "–")}


def debit_reason(code: str) -> str:
    """Why a debit failed or still runs; a code of the bank without words is shown as it is."""
    return _(_DEBIT_REASONS[code]) if code in _DEBIT_REASONS else code


def funding_reason(code: str, source_name: str) -> str:
    """Why a partnership may not fund a drawdown; a code without words is shown as it is."""
    return _(MESSAGES[code]).replace("{source}", source_name) if code in MESSAGES else code


def age(passed: timedelta) -> str:
    """How long ago, in its largest unit: minutes, hours or days."""
    minutes = max(0, int(passed.total_seconds()) // 60)
    if minutes < 120:  # noqa: PLR2004 -- two hours
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = minutes // 60
    if hours < 48:  # noqa: PLR2004 -- two days
        return ngettext("{n} hour", "{n} hours", hours).format(n=hours)
    return ngettext("{n} day", "{n} days", hours // 24).format(n=hours // 24)


def names(actors: Iterable[str]) -> Callable[[str], str]:
    """Who did something, as people call them: one statement for any number of actors."""
    ids = {actor for actor in actors if actor.startswith("usr_")}
    known: dict[str, str] = dict(
        Member.objects.filter(pk__in=_whole(ids)).values_list("id", "name")
    )

    def name(actor: str) -> str:
        if actor in known:
            return known[actor]
        kind = actor.partition(":")[0] if ":" in actor else actor.partition("_")[0]
        return _(_ACTORS[kind]) if kind in _ACTORS else actor

    return name


_ACTORS: Final = {
    "system": gettext_noop("The system"),
    "merchant": gettext_noop("The merchant"),
    "key": gettext_noop("The platform's server"),
}


def _whole(ids: Iterable[str]) -> list[str]:
    """Those that are ids; tests and older logs name people otherwise."""
    return [one for one in ids if _is_id(one)]


def _is_id(text: str) -> bool:
    try:
        public_ids.to_uuid("usr", text)
    except ValueError:
        return False
    return True
