"""Who may be contacted when: every answer of the guard, and the edges of the day."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credit.domain.contact_guard import (
    SYSTEM,
    CollectionRules,
    ContactFacts,
    Verdict,
    is_quiet,
    judge,
    judge_notice,
    next_open,
)
from platform_app.kernel import clock

DAY = date(2026, 4, 10)
RULES = CollectionRules()
LATE = ContactFacts(is_past_due=True)
NOON = clock.moment_on(DAY, 12)
MORNING = clock.moment_on(DAY + timedelta(days=1), 8)


def asked(facts: ContactFacts, now: datetime = NOON, channel: str = "call") -> Verdict:
    return judge(RULES, facts, channel=channel, role="operator", now=now)


@pytest.mark.parametrize(
    ("facts", "role", "code"),
    [
        (LATE, "operator", ""),
        (LATE, SYSTEM, ""),
        (LATE, "salesperson", "collector_not_allowed"),
        (LATE, "viewer", "collector_not_allowed"),
        (LATE, "developer", "collector_not_allowed"),
        (ContactFacts(is_past_due=False), "operator", "nothing_to_collect"),
        (replace(LATE, is_disputed=True), "operator", "contact_paused"),
        (replace(LATE, is_blocked=True), "operator", "contact_blocked"),
        (replace(LATE, text_count=9), "operator", ""),
        (replace(LATE, call_count=2), "operator", ""),
    ],
)
def test_the_answers(facts: ContactFacts, role: str, code: str) -> None:
    assert judge(RULES, facts, channel="call", role=role, now=NOON) == Verdict(code)


@pytest.mark.parametrize(
    ("moment", "quiet", "opens"),
    [
        (clock.moment_on(DAY, 0), True, clock.moment_on(DAY, 8)),
        (clock.moment_on(DAY, 7, 59), True, clock.moment_on(DAY, 8)),
        (clock.moment_on(DAY, 8), False, clock.moment_on(DAY, 8)),
        (clock.moment_on(DAY, 21, 59), False, clock.moment_on(DAY, 21, 59)),
        (clock.moment_on(DAY, 22), True, MORNING),
        (clock.moment_on(DAY, 23, 59), True, MORNING),
    ],
)
def test_the_quiet_hours_end_at_eight_and_begin_at_ten(
    moment: datetime, *, quiet: bool, opens: datetime
) -> None:
    assert is_quiet(RULES, moment) is quiet
    assert next_open(RULES, moment) == opens
    expected = Verdict("contact_quiet_hours", opens) if quiet else Verdict()
    assert asked(LATE, moment) == expected


def test_the_hour_is_shanghais_wherever_the_clock_stands() -> None:
    """14:30 UTC is 22:30 in Shanghai."""
    utc = clock.moment_on(DAY, 22, 30).astimezone(tz=None)
    assert is_quiet(RULES, utc)


def test_a_cap_opens_again_the_next_morning() -> None:
    assert asked(replace(LATE, call_count=3)) == Verdict("contact_cap_reached", MORNING)
    text = replace(LATE, text_count=1)
    assert asked(text, channel="sms") == Verdict("contact_cap_reached", MORNING)
    assert asked(text, channel="visit") == Verdict()


def test_what_waiting_cannot_heal_is_said_first() -> None:
    night = clock.moment_on(DAY, 23)
    assert asked(replace(LATE, is_disputed=True, call_count=9), night) == Verdict("contact_paused")


def test_a_notice_needs_no_debt_but_keeps_quiet_hours_blocks_and_cap() -> None:
    nothing = ContactFacts(is_past_due=False, is_disputed=True)
    assert judge_notice(RULES, nothing, now=NOON) == Verdict()
    blocked = replace(nothing, is_blocked=True)
    assert judge_notice(RULES, blocked, now=NOON) == Verdict("contact_blocked")
    full = replace(nothing, text_count=1)
    assert judge_notice(RULES, full, now=NOON) == Verdict("contact_cap_reached", MORNING)
    night = clock.moment_on(DAY, 22)
    assert judge_notice(RULES, nothing, now=night) == Verdict("contact_quiet_hours", MORNING)


@given(
    moment=st.datetimes(
        datetime(2026, 1, 1),  # noqa: DTZ001 -- hypothesis adds the zone
        datetime(2027, 1, 1),  # noqa: DTZ001 -- as above
        timezones=st.just(clock.SHANGHAI),
    )
)
def test_waiting_until_the_moment_named_is_enough(moment: datetime) -> None:
    opens = next_open(RULES, moment)
    assert opens >= moment
    assert not is_quiet(RULES, opens)
    assert opens - moment <= timedelta(hours=10)


@pytest.mark.parametrize(
    "changed",
    [
        {"quiet_from_hour": 23},
        {"quiet_until_hour": 7},
        {"quiet_from_hour": 12, "quiet_until_hour": 12},
        {"calls_per_day": -1},
        {"texts_per_day": -1},
        {"contagion_days": 0},
        {"promise_days": 0},
        {"extension_days": 0},
    ],
    ids=str,
)
def test_rules_weaker_than_the_law_are_a_problem(changed: dict[str, int]) -> None:
    assert RULES.problem() == ""
    assert replace(RULES, quiet_from_hour=20, quiet_until_hour=9).problem() == ""
    assert replace(RULES, **changed).problem() != ""  # type: ignore[arg-type]
