"""May this merchant be contacted about a debt, this way, by this role, now?

One pure judgment for every path: a call, a text message, an assignment. Hours are Shanghai's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platform_app.kernel import clock
from platform_app.kernel.errors import gettext_noop

SYSTEM: Final = "system"
LEGAL_QUIET_FROM: Final = 22
LEGAL_QUIET_UNTIL: Final = 8
ALLOWED: Final = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRules:
    """A tenant's conduct rules. Quiet hours may be longer than the law's, never shorter.

    Caps count per case and Shanghai day. `contagion_days` is when one bad drawdown marks all of a
    merchant's; `promise_days` how far ahead a promise may lie; `extension_days` the longest asked.
    """

    quiet_from_hour: int = LEGAL_QUIET_FROM
    quiet_until_hour: int = LEGAL_QUIET_UNTIL
    calls_per_day: int = 3
    texts_per_day: int = 1
    collector_roles: tuple[str, ...] = ("owner", "operator", "finance", "staff")
    contagion_days: int = 91
    promise_days: int = 14
    extension_days: int = 30

    def problem(self) -> str:
        """What is wrong with them, or nothing."""
        if not 0 < LEGAL_QUIET_UNTIL <= self.quiet_until_hour < self.quiet_from_hour:
            return gettext_noop("quiet hours may not be shorter than 22:00 to 08:00")
        if self.quiet_from_hour > LEGAL_QUIET_FROM:
            return gettext_noop("quiet hours may not be shorter than 22:00 to 08:00")
        if min(self.calls_per_day, self.texts_per_day) < 0:
            return gettext_noop("a number of contacts cannot be negative")
        if min(self.contagion_days, self.promise_days, self.extension_days) < 1:
            return gettext_noop("a number of days must be at least 1")
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactFacts:
    """What is known about one merchant and channel at the moment of asking."""

    is_past_due: bool
    is_disputed: bool = False
    is_blocked: bool = False
    call_count: int = 0
    text_count: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is empty when allowed; `next_at` is when waiting helps, None when it does not."""

    code: str = ALLOWED
    next_at: datetime | None = None

    @property
    def is_allowed(self) -> bool:
        return self.code == ALLOWED


def judge(
    rules: CollectionRules, facts: ContactFacts, *, channel: str, role: str, now: datetime
) -> Verdict:
    """The one answer. What waiting cannot heal is said before what it can."""
    standing = {
        "collector_not_allowed": role != SYSTEM and role not in rules.collector_roles,
        "nothing_to_collect": not facts.is_past_due,
        "contact_paused": facts.is_disputed,
        "contact_blocked": facts.is_blocked,
    }
    for code, holds in standing.items():
        if holds:
            return Verdict(code)
    if is_quiet(rules, now):
        return Verdict("contact_quiet_hours", next_open(rules, now))
    if _is_used_up(rules, facts, channel):
        tomorrow = clock.end_of(clock.day_of(now))
        return Verdict("contact_cap_reached", next_open(rules, tomorrow))
    return Verdict()


def judge_notice(rules: CollectionRules, facts: ContactFacts, *, now: datetime) -> Verdict:
    """A text message about what is not yet past due: no collection, but manners all the same."""
    if facts.is_blocked:
        return Verdict("contact_blocked")
    if is_quiet(rules, now):
        return Verdict("contact_quiet_hours", next_open(rules, now))
    if _is_used_up(rules, facts, "sms"):
        return Verdict("contact_cap_reached", next_open(rules, clock.end_of(clock.day_of(now))))
    return Verdict()


def is_quiet(rules: CollectionRules, now: datetime) -> bool:
    """The hour that begins the quiet time is already quiet, the one that ends it is not."""
    hour = now.astimezone(clock.SHANGHAI).hour
    return not rules.quiet_until_hour <= hour < rules.quiet_from_hour


def next_open(rules: CollectionRules, now: datetime) -> datetime:
    """The first moment from `now` on that is not quiet."""
    if not is_quiet(rules, now):
        return now
    day = clock.day_of(now)
    if now.astimezone(clock.SHANGHAI).hour >= rules.quiet_from_hour:
        day += timedelta(days=1)
    return clock.moment_on(day, rules.quiet_until_hour)


def _is_used_up(rules: CollectionRules, facts: ContactFacts, channel: str) -> bool:
    if channel == "call":
        return facts.call_count >= rules.calls_per_day
    if channel == "sms":
        return facts.text_count >= rules.texts_per_day
    return False
