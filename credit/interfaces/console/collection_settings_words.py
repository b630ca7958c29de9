"""Conduct rules and ladders in words, and what changed between two of them."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from credit.domain.delinquency import Ladder, Step
from credit.enums import CollectionStage, DebtClass
from credit.interfaces.console import words
from platform_app.kernel.models import AuditRecord
from tenants.enums import Role

_RULES: Final = {
    "quiet_from_hour": gettext_noop("Nobody is contacted from"),
    "quiet_until_hour": gettext_noop("until"),
    "calls_per_day": gettext_noop("Calls per case and day"),
    "texts_per_day": gettext_noop("Text messages per case and day"),
    "collector_roles": gettext_noop("Who may collect"),
    "contagion_days": gettext_noop("One bad order marks all from days past due"),
    "promise_days": gettext_noop("A promise may lie ahead, days"),
    "extension_days": gettext_noop("Longest extension a merchant may ask, days"),
}
LADDERS: Final = {
    "stage": (
        gettext_lazy("Collection stages"),
        gettext_lazy("What is done with a case, and every how many days it is worked."),
    ),
    "bucket": (
        gettext_lazy("Buckets"),
        gettext_lazy("How days past due are counted in reports and on the worklist."),
    ),
    "class": (
        gettext_lazy("Five-category classes"),
        gettext_lazy("From how many days on a drawdown is in which class."),
    ),
}


def rules(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Each rule with its value, in the order people read them."""
    return [(_(label), _value(name, values[name])) for name, label in _RULES.items()]


def _value(name: str, value: Any) -> str:
    if name.endswith("_hour"):
        return f"{value}:00"
    if name == "collector_roles":
        known = dict(Role.choices)
        return _(", ").join(str(known.get(one, one)) for one in value)
    return str(value)


def steps(kind: str, ladder: Ladder) -> list[tuple[str, str, int]]:
    """Of each step: its name, the days it holds, every how many days a case is worked on it."""
    return [
        (_name(kind, step.code), _days(first, end), step.contact_every_days)
        for step, (first, end, _code) in zip(ladder.steps, ladder.intervals(), strict=True)
    ]


def _days(first: int, end: int | None) -> str:
    if end is None:
        return _("from day %(day)s on") % {"day": first}
    return str(first) if end == first + 1 else f"{first}–{end - 1}"


def _name(kind: str, code: str) -> str:
    if kind == "bucket":
        return words.bucket(code)
    labels: dict[str, Any] = dict(CollectionStage.choices if kind == "stage" else DebtClass.choices)
    return str(labels.get(code, code))


def difference(change: AuditRecord) -> list[tuple[str, str, str]]:
    """What changed, before and after, in words; what stayed is left out."""
    if set(change.after) <= set(LADDERS):
        return [
            (str(LADDERS[kind][0]), _line(kind, change.before[kind]), _line(kind, wanted))
            for kind, wanted in change.after.items()
        ]
    return [
        (_(label), _value(name, change.before[name]), _value(name, change.after[name]))
        for name, label in _RULES.items()
        if change.before.get(name) != change.after.get(name)
    ]


def _line(kind: str, stored: list[dict[str, Any]]) -> str:
    ladder = Ladder(tuple(Step(**one) for one in stored))
    return " · ".join(
        f"{name} {days}" + (f" /{every}" if every else "") if kind != "bucket" else name
        for name, days, every in steps(kind, ladder)
    )
