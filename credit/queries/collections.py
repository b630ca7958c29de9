"""The worklist of collection and everything about one case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery

from credit.domain.delinquency import Ladder
from credit.enums import CaseStatus, LadderKind, PromiseStatus
from credit.errors import CaseNotFound
from credit.models import (
    CaseHandover,
    CollectionCase,
    CollectionContact,
    ContactOutcome,
    Dispute,
    ExtensionRequest,
    PromiseToPay,
    Reminder,
)
from credit.queries.delinquency import PastDue, by_merchant, ladder, past_due

MOST: Final = 100
SOON: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """A case with its live figures, in fen. `tone` is the color of when it is to be worked."""

    case: CollectionCase
    dpd: int
    bucket: str
    owed_minor: int
    drawdowns: tuple[PastDue, ...]
    tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """The most pressing cases, and how many there are in all."""

    rows: list[WorkRow]
    count: int
    owed_minor: int
    late_count: int


def worklist(
    *, on: date, search: str = "", bucket: str = "", owner: str = "", promise: str = ""
) -> Worklist:
    """Open cases, the next to be worked first.

    `owner` is a member's id, `none` or `agency`; `promise` is `due` (today or tomorrow), `open`,
    or `broken` (the last one was). Figures are computed on `on`: three statements in all.
    """
    buckets = ladder(LadderKind.BUCKET)
    late = by_merchant(past_due(on=on))
    cases = _cases(on=on, search=search, owner=owner, promise=promise)
    rows = [_row(case, tuple(late.get(case.merchant_id, ())), buckets, on) for case in cases]
    if bucket:
        rows = [row for row in rows if row.bucket == bucket]
    return Worklist(
        rows=rows[:MOST],
        count=len(rows),
        owed_minor=sum(row.owed_minor for row in rows),
        late_count=sum(row.tone == "bad" for row in rows),
    )


def _cases(*, on: date, search: str, owner: str, promise: str) -> QuerySet[Any]:
    promises = PromiseToPay.objects.filter(merchant_id=OuterRef("merchant_id"))
    rows: QuerySet[Any] = (
        CollectionCase.objects.filter(status=CaseStatus.OPEN)
        .select_related("merchant", "owner")
        .annotate(
            promised_on=Subquery(promises.filter(status=PromiseStatus.OPEN).values("by_on")[:1]),
            last_promise=Subquery(promises.order_by("-id").values("status")[:1]),
        )
        .order_by("next_contact_on", "id")
    )
    if search:
        words = Q(merchant__name__icontains=search)
        rows = rows.filter(words | Q(merchant__external_id__istartswith=search))
    if owner == "agency":
        rows = rows.exclude(agency="")
    elif owner == "none":
        rows = rows.filter(owner=None, agency="")
    elif owner:
        rows = rows.filter(owner_id=owner)
    if promise == "due":
        rows = rows.filter(promised_on__lte=on + SOON)
    elif promise == "open":
        rows = rows.filter(promised_on__isnull=False)
    elif promise == "broken":
        rows = rows.filter(last_promise=PromiseStatus.BROKEN)
    return rows


def _row(case: CollectionCase, late: tuple[PastDue, ...], buckets: Ladder, on: date) -> WorkRow:
    dpd = max((one.dpd for one in late), default=0)
    return WorkRow(
        case=case,
        dpd=dpd,
        bucket=buckets.at(dpd).code,
        owed_minor=sum(one.owed_minor for one in late),
        drawdowns=late,
        tone=tone(case, on),
    )


def tone(case: CollectionCase, on: date) -> str:
    """Red when a contact is late, amber when it is due today, calm while there is time."""
    if case.next_contact_on < on:
        return "bad"
    return "warn" if case.next_contact_on == on else "good"


def case(case_id: str) -> CollectionCase:
    """One case with its merchant and owner. Raises CaseNotFound."""
    rows = CollectionCase.objects.select_related("merchant", "owner")
    try:
        found: CollectionCase | None = rows.filter(pk=case_id).first()
    except ValueError:
        found = None
    if found is None:
        raise CaseNotFound
    return found


def case_row(found: CollectionCase, *, on: date) -> WorkRow:
    """A case with its live figures."""
    late = tuple(past_due(on=on, merchant_ids=[found.merchant_id]))
    return _row(found, late, ladder(LadderKind.BUCKET), on)


def open_case_of(merchant_id: str) -> CollectionCase | None:
    """The merchant's open case, if there is one."""
    rows = CollectionCase.objects.filter(merchant_id=merchant_id, status=CaseStatus.OPEN)
    return rows.first()


def contacts_with_results(case_id: str) -> list[tuple[CollectionContact, ContactOutcome | None]]:
    """Contacts of a case, newest first, each with what came of it: two statements."""
    contacts = list(CollectionContact.objects.filter(case_id=case_id).order_by("-at", "-id")[:50])
    outcomes = ContactOutcome.objects.filter(contact_id__in=[one.id for one in contacts])
    by_contact = {row.contact_id: row for row in outcomes}
    return [(one, by_contact.get(one.id)) for one in contacts]


def handovers(case_id: str) -> list[CaseHandover]:
    """Who worked the case, newest first."""
    rows = CaseHandover.objects.filter(case_id=case_id).select_related("to_owner")
    return list(rows.order_by("-id")[:20])


def promises(merchant_id: str) -> list[PromiseToPay]:
    """Promises of the merchant, newest first."""
    return list(PromiseToPay.objects.filter(merchant_id=merchant_id).order_by("-id")[:20])


def disputes(merchant_id: str) -> list[Dispute]:
    """Disputes of the merchant with their drawdowns, newest first."""
    rows = Dispute.objects.filter(merchant_id=merchant_id).select_related("drawdown")
    return list(rows.order_by("-id")[:20])


def extensions(merchant_id: str) -> list[ExtensionRequest]:
    """Extension requests of the merchant with their drawdowns, newest first."""
    rows = ExtensionRequest.objects.filter(merchant_id=merchant_id).select_related("drawdown")
    return list(rows.order_by("-id")[:20])


def reminders(merchant_id: str, limit: int = 20) -> list[Reminder]:
    """What the merchant was reminded of, newest first."""
    rows = Reminder.objects.filter(merchant_id=merchant_id).select_related("drawdown")
    return list(rows.order_by("-id")[:limit])


def working_members(rows: Sequence[WorkRow]) -> list[tuple[str, str]]:
    """The people who own cases of a list, for a filter."""
    owners = {row.case.owner_id: row.case.owner.name for row in rows if row.case.owner}
    return sorted(owners.items(), key=lambda pair: pair[1])
