"""Reminders: made once for each installment and kind, sent by text once a day at most."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext, override

from credit.domain.contact_guard import (
    SYSTEM,
    CollectionRules,
    Verdict,
    is_quiet,
    judge,
    judge_notice,
)
from credit.domain.reminders import RULES, SEVERAL
from credit.enums import ContactChannel, ReminderStatus
from credit.gateways.texts import Text, TextNotTaken, gateway
from credit.models import Reminder
from credit.queries.contacts import Standing, standings
from credit.queries.delinquency import collection_rules
from credit.queries.reminders import (
    DueReminder,
    due_reminders,
    people_to_write_to,
    waiting_reminders,
)
from platform_app.kernel import events
from platform_app.kernel.events import NewEvent
from platform_app.kernel.money import format_yuan
from platform_app.kernel.scope import current_tenant_id
from platform_app.kernel.templatetags.money import day as day_words

ACTOR: Final = "system:reminders"
# Not even shown: the debt is disputed, or paid meanwhile.
_NOT_MADE: Final = frozenset({"contact_paused", "nothing_to_collect"})
logger = structlog.get_logger(__name__)


@transaction.atomic
def make_reminders(*, on: date, at: datetime) -> int:
    """Write down everything the timetable says to remind of on the business day `on`.

    Each installment, due date and kind once, however often it runs; in the quiet hours nothing.
    A merchant's most pressing reminder also becomes its text message of the day, if the guard lets
    it. What a dispute holds back today is not made later. Returns how many were made; the number of
    statements does not depend on it.
    """
    rules = collection_rules()
    found = [] if is_quiet(rules, at) else due_reminders(on=on)
    if not found:
        return 0
    merchants = sorted({one.merchant_id for one in found})
    known = standings(merchants, at=at)
    people = people_to_write_to(merchants)
    rows: list[Reminder] = []
    for merchant_id in merchants:
        mine = [one for one in found if one.merchant_id == merchant_id]
        rows += _of_merchant(mine, known[merchant_id], list(people.get(merchant_id, {})), rules, at)
    for row in rows:
        row.on, row.made_at = on, at
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    stored = set(
        Reminder.objects.filter(pk__in=[row.id for row in rows]).values_list("id", flat=True)
    )
    made = [row for row in rows if row.id in stored]
    orders = {one.drawdown_id: one.order_no for one in found}
    events.record_all([_event(row, orders[row.drawdown_id], at) for row in made])
    return len(made)


def _of_merchant(
    found: Sequence[DueReminder], standing: Standing, roles: Sequence[str],
    rules: CollectionRules, at: datetime,
) -> list[Reminder]:  # fmt: skip
    said = [one for one in found if _verdict(one, standing, "", rules, at).code not in _NOT_MADE]
    texted = [one for one in said if RULES[one.kind].by_text]
    carrier = max(texted, key=lambda one: (one.rank, one.amount_minor), default=None)
    role = "" if carrier is None else _reachable(carrier, standing, roles, rules, at)
    return [_row(one, texted, role if one is carrier else "") for one in said]


def _reachable(
    one: DueReminder, standing: Standing, roles: Iterable[str], rules: CollectionRules, at: datetime
) -> str:
    """The first person the guard lets us write to, or nobody."""
    allowed = (role for role in roles if _verdict(one, standing, role, rules, at).is_allowed)
    return next(allowed, "")


def _verdict(
    one: DueReminder, standing: Standing, person_role: str, rules: CollectionRules, at: datetime
) -> Verdict:
    facts = standing.facts(ContactChannel.SMS, person_role)
    if RULES[one.kind].is_dunning:
        return judge(rules, facts, channel="sms", role=SYSTEM, now=at)
    return judge_notice(rules, facts, now=at)


def _row(one: DueReminder, texted: Sequence[DueReminder], person_role: str) -> Reminder:
    """A text message that speaks for several installments says so."""
    several = texted if person_role and len(texted) > 1 else None
    return Reminder(
        merchant_id=one.merchant_id,
        drawdown_id=one.drawdown_id,
        seq=one.seq,
        kind=one.kind,
        due_on=one.due_on,
        amount_minor=one.amount_minor,
        text_zh=_words(one, several, "zh-hans"),
        text_en=_words(one, several, "en"),
        status=ReminderStatus.WAITING if person_role else ReminderStatus.SHOWN,
        person_role=person_role,
    )


def _words(one: DueReminder, several: Sequence[DueReminder] | None, language: str) -> str:
    with override(language):
        text = gettext(SEVERAL if several else RULES[one.kind].text)
        amount = sum(row.amount_minor for row in several) if several else one.amount_minor
        facts = {
            "amount": format_yuan(amount),
            "count": str(len(several or ())),
            "order_no": one.order_no,
            "due_on": day_words(one.due_on),
            "grace_until_on": day_words(one.grace_until_on),
        }
    for name, value in facts.items():
        text = text.replace("{" + name + "}", value)
    return text


def _event(row: Reminder, order_no: str, at: datetime) -> NewEvent:
    return NewEvent(
        name="credit.installment.reminder",
        subject=row.drawdown_id,
        merchant_id=row.merchant_id,
        actor=ACTOR,
        at=at,
        props={
            "kind": str(row.kind),
            "order_no": order_no,
            "seq": row.seq,
            "due_on": row.due_on.isoformat(),
            "unpaid_minor": row.amount_minor,
            "by_text": row.status == ReminderStatus.WAITING,
        },
    )


@transaction.atomic
def send_reminders(*, on: date, at: datetime) -> int:
    """Hand the day's waiting text messages to the gateway, after asking the guard once more.

    One the guard refuses now (paid, disputed or blocked since) is withheld with the reason; in the
    quiet hours, and when the provider does not answer, it waits. The gateway knows a message by the
    reminder's id, so a repeated sending reaches nobody twice. Returns how many went out.
    """
    rules = collection_rules()
    rows = [] if is_quiet(rules, at) else waiting_reminders(on=on)
    if not rows:
        return 0
    merchants = sorted({row.merchant_id for row in rows})
    known = standings(merchants, at=at, besides=[row.id for row in rows])
    people = people_to_write_to(merchants)
    for row in rows:
        person_id = people.get(row.merchant_id, {}).get(row.person_role)
        reason = _withheld(row, known[row.merchant_id], rules, at)
        if reason or person_id is None:
            row.status, row.withheld_code = ReminderStatus.WITHHELD, reason or "person_unknown"
        elif _sent(row, person_id):
            row.status, row.sent_at = ReminderStatus.SENT, at
    Reminder.objects.bulk_update(rows, ["status", "withheld_code", "sent_at"])
    return sum(row.status == ReminderStatus.SENT for row in rows)


def _withheld(row: Reminder, standing: Standing, rules: CollectionRules, at: datetime) -> str:
    """Why a text that was made may not go out any more, or nothing."""
    if not row.is_unpaid:  # type: ignore[attr-defined]
        return "nothing_to_collect"
    facts = standing.facts(ContactChannel.SMS, row.person_role)
    if RULES[row.kind].is_dunning:
        return judge(rules, facts, channel="sms", role=SYSTEM, now=at).code
    return judge_notice(rules, facts, now=at).code


def _sent(row: Reminder, person_id: str) -> bool:
    text = Text(key=row.id, tenant_id=current_tenant_id(), person_id=person_id, words=row.text_zh)
    try:
        gateway().send(text)
    except TextNotTaken as error:
        logger.warning("reminders.text_not_taken", reminder=row.id, error=str(error))
        return False
    return True
