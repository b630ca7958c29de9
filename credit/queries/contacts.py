"""The contact guard: the only judge of whether a merchant may be contacted about a debt.

`can_contact` answers for a page, `admit` refuses with a typed error for an operation. Nothing is
sent, called or assigned without one of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet

from credit.domain.contact_guard import ContactFacts, Verdict, is_quiet, judge, next_open
from credit.enums import ContactChannel
from credit.errors import (
    CollectorNotAllowed,
    ContactBlocked,
    ContactCapReached,
    ContactPaused,
    ContactQuietHours,
    NothingToCollect,
)
from credit.models import CollectionContact, ContactBlock
from credit.queries.business_day import open_day
from credit.queries.delinquency import collection_rules, past_due
from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError
from platform_app.kernel.scope import current_tenant_id
from platform_app.kernel.templatetags.money import moment

REFUSALS: Final[dict[str, type[DomainError]]] = {
    error.code: error
    for error in (
        CollectorNotAllowed,
        NothingToCollect,
        ContactPaused,
        ContactBlocked,
        ContactQuietHours,
        ContactCapReached,
    )
}

# A call without a result counts as one that reached somebody; a waiting text as one sent.
COUNTS = """
SELECT m.id,
  (SELECT count(*) FROM credit_collectioncontact c
   LEFT JOIN credit_contactoutcome o ON o.tenant_id = c.tenant_id AND o.contact_id = c.id
   WHERE c.tenant_id = %(tenant)s AND c.merchant_id = m.id AND c."on" = %(day)s
     AND NOT c.is_incoming AND c.channel = 'call'
     AND coalesce(o.result, 'connected') = 'connected'),
  (SELECT count(*) FROM credit_collectioncontact c
   WHERE c.tenant_id = %(tenant)s AND c.merchant_id = m.id AND c."on" = %(day)s
     AND NOT c.is_incoming AND c.channel = 'sms')
  + (SELECT count(*) FROM credit_reminder r
     WHERE r.tenant_id = %(tenant)s AND r.merchant_id = m.id AND r."on" = %(day)s
       AND r.status IN ('waiting', 'sent') AND r.id <> ALL(%(besides)s::uuid[])),
  EXISTS (SELECT 1 FROM credit_dispute p
          WHERE p.tenant_id = %(tenant)s AND p.merchant_id = m.id AND p.status = 'open'),
  ARRAY(SELECT b.channel || '/' || b.person_role FROM credit_contactblock b
        WHERE b.tenant_id = %(tenant)s AND b.merchant_id = m.id AND b.lifted_at IS NULL)
FROM unnest(%(merchants)s::uuid[]) AS m(id)
"""


def can_contact(
    *, merchant_id: str, channel: ContactChannel, role: str, person_role: str, at: datetime
) -> Verdict:
    """Whether somebody with this console role may contact the merchant now, or why not and when.

    Raises NoBusinessDay.
    """
    standing = standings([merchant_id], at=at)[merchant_id]
    facts = standing.facts(channel, person_role)
    return judge(collection_rules(), facts, channel=channel, role=role, now=at)


def channel_verdicts(*, merchant_id: str, role: str, at: datetime) -> dict[str, Verdict]:
    """The verdict on a call and on a text message, to whoever answers there: for a page."""
    rules, known = collection_rules(), standings([merchant_id], at=at)[merchant_id]
    return {
        channel: judge(rules, known.facts(channel, ""), channel=channel, role=role, now=at)
        for channel in (ContactChannel.CALL, ContactChannel.SMS)
    }


def admit(
    *, merchant_id: str, channel: ContactChannel, role: str, person_role: str, at: datetime
) -> None:
    """Raise the refusal of `can_contact`, or return. The caller holds the case's row."""
    verdict = can_contact(
        merchant_id=merchant_id, channel=channel, role=role, person_role=person_role, at=at
    )
    if not verdict.is_allowed:
        raise refusal(verdict)


def admit_hour(*, at: datetime) -> None:
    """Raise ContactQuietHours when nobody may be called now, whatever it is about."""
    rules = collection_rules()
    if is_quiet(rules, at):
        raise ContactQuietHours(next_at=moment(next_open(rules, at)))


def admit_collector(role: str) -> None:
    """Raise CollectorNotAllowed for a role that may not be given overdue debts to collect."""
    if role not in collection_rules().collector_roles:
        raise CollectorNotAllowed


def refusal(verdict: Verdict) -> DomainError:
    """The typed error of a verdict that says no."""
    return REFUSALS[verdict.code](next_at=moment(verdict.next_at))


def list_contacts(case_id: str) -> QuerySet[Any]:
    """Contacts of a case, newest first."""
    return CollectionContact.objects.filter(case_id=case_id).order_by("-at", "-id")


def list_blocks(merchant_id: str) -> QuerySet[Any]:
    """What the merchant asked us not to use, as it stands."""
    rows = ContactBlock.objects.filter(merchant_id=merchant_id, lifted_at=None)
    return rows.order_by("id")


@dataclass(frozen=True, slots=True)
class Standing:
    """What the guard knows about one merchant at one moment, for every channel and person."""

    is_past_due: bool
    call_count: int
    text_count: int
    is_disputed: bool
    blocks: frozenset[str]

    def facts(self, channel: ContactChannel, person_role: str) -> ContactFacts:
        """A block of the channel for anybody holds for everybody."""
        ways = {f"{channel.value}/", f"{channel.value}/{person_role}"}
        return ContactFacts(
            is_past_due=self.is_past_due,
            is_disputed=self.is_disputed,
            is_blocked=bool(ways & self.blocks),
            call_count=self.call_count,
            text_count=self.text_count,
        )


def standings(
    merchant_ids: Sequence[str], *, at: datetime, besides: Sequence[str] = ()
) -> dict[str, Standing]:
    """Of each merchant, in three statements, however many. `besides` are reminders not to count.

    Raises NoBusinessDay.
    """
    late = {row.merchant_id for row in past_due(on=open_day(), merchant_ids=merchant_ids)}
    with connection.cursor() as cursor:
        cursor.execute(
            COUNTS,
            {
                "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
                "day": clock.day_of(at),
                "merchants": [str(ids.to_uuid("mch", one)) for one in merchant_ids],
                "besides": [str(ids.to_uuid("rem", one)) for one in besides],
            },
        )
        rows = cursor.fetchall()
    known = {}
    for merchant, calls, texts, is_disputed, blocks in rows:
        one = ids.from_uuid("mch", merchant)
        known[one] = Standing(one in late, calls, texts, is_disputed, frozenset(blocks))
    return known
