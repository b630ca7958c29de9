"""Collection cases: opened, staged and closed by what the dates say; worked by people.

Lock order: cases by id; nothing here locks a line or a drawdown.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from credit.domain.delinquency import Ladder
from credit.enums import CaseStatus, LadderKind, PromiseStatus
from credit.errors import CaseClosed, CaseNotFound, NoteNeeded
from credit.models import CaseHandover, CollectionCase
from credit.operations.delinquency import record_bucket_changes
from credit.operations.promises import settle_promises
from credit.queries.contacts import admit_collector
from credit.queries.delinquency import PastDue, by_merchant, ladder, past_due
from platform_app.kernel import events
from platform_app.kernel.errors import NotFound
from platform_app.kernel.events import NewEvent
from tenants.models import Member
from tenants.queries.members import list_members

ACTOR: Final = "system:collections"
SHORTEST_REASON: Final = 2


@transaction.atomic
def work_collections(
    *, day: date, at: datetime, merchant_ids: Sequence[str] | None = None
) -> dict[str, int]:
    """Bring cases to the beginning of the business day `day`, after the close of the day before.

    Records bucket changes, decides promises, closes cases of merchants with nothing overdue, opens
    one for each that has become overdue, moves the others to the stage of their days. Set by set:
    the number of statements does not depend on how many. Running it again changes nothing.
    `merchant_ids` restricts it to some (after a payment, say) and leaves bucket changes to the day.
    Returns how many changed, by kind.
    """
    buckets = record_bucket_changes(on=day) if merchant_ids is None else 0
    settled = settle_promises(on=day, at=at, merchant_ids=merchant_ids)
    late = by_merchant(past_due(on=day, merchant_ids=merchant_ids))
    overdue = {who: rows for who, rows in late.items() if any(row.is_overdue for row in rows)}
    stages = ladder(LadderKind.STAGE)
    cases = CollectionCase.objects.select_for_update().filter(status=CaseStatus.OPEN)
    if merchant_ids is not None:
        cases = cases.filter(merchant_id__in=merchant_ids)
    standing = list(cases.order_by("id"))
    closed = _close([case for case in standing if case.merchant_id not in overdue], day, at)
    kept = [case for case in standing if case.merchant_id in overdue]
    broken = {one.merchant_id for one in settled if one.status == PromiseStatus.BROKEN}
    moved = _move(kept, overdue, broken, stages, day, at)
    known = {case.merchant_id for case in standing}
    opened = _open({w: rows for w, rows in overdue.items() if w not in known}, stages, day, at)
    return {
        "buckets": buckets,
        "promises": len(settled),
        "closed": closed,
        "moved": moved,
        "opened": opened,
    }


def _close(cases: list[CollectionCase], day: date, at: datetime) -> int:
    CollectionCase.objects.filter(pk__in=[case.id for case in cases]).update(
        status=CaseStatus.CLOSED, closed_on=day
    )
    events.record_all([_event("closed", case, at, day=day.isoformat()) for case in cases])
    return len(cases)


def _move(
    cases: Iterable[CollectionCase], overdue: dict[str, list[PastDue]], broken: set[str],
    stages: Ladder, day: date, at: datetime,
) -> int:  # fmt: skip
    changed, told = [], []
    for case in cases:
        stage = stages.at(_dpd(overdue[case.merchant_id])).code
        if stage != case.stage:
            told.append(_event("stage_changed", case, at, before=case.stage, stage=stage))
            case.stage, case.stage_since_on = stage, day
        elif case.merchant_id not in broken:
            continue
        case.next_contact_on = min(case.next_contact_on, day)
        changed.append(case)
    if changed:
        CollectionCase.objects.bulk_update(changed, ["stage", "stage_since_on", "next_contact_on"])
    events.record_all(told)
    return len(changed)


def _open(overdue: dict[str, list[PastDue]], stages: Ladder, day: date, at: datetime) -> int:
    rows = [
        CollectionCase(
            merchant_id=merchant_id,
            stage=stages.at(_dpd(late)).code,
            stage_since_on=day,
            opened_on=day,
            next_contact_on=day,
        )
        for merchant_id, late in sorted(overdue.items())
    ]
    CollectionCase.objects.bulk_create(rows, ignore_conflicts=True)
    mine = CollectionCase.objects.filter(pk__in=[row.id for row in rows])
    stored = set(mine.values_list("id", flat=True)) if rows else set()
    opened = [row for row in rows if row.id in stored]
    events.record_all(
        [
            _event("opened", row, at, stage=row.stage,
                   owed_minor=sum(late.owed_minor for late in overdue[row.merchant_id]))
            for row in opened
        ]
    )  # fmt: skip
    return len(opened)


def _dpd(rows: Iterable[PastDue]) -> int:
    return max(row.dpd for row in rows)


def _event(what: str, case: CollectionCase, at: datetime, **props: str | int) -> NewEvent:
    return NewEvent(
        name=f"credit.collection.{what}",
        subject=case.id,
        merchant_id=case.merchant_id,
        actor=ACTOR,
        at=at,
        props=props,
    )


def locked_case(case_id: str) -> CollectionCase:
    """An open case, locked. Raises CaseNotFound, CaseClosed."""
    try:
        case = CollectionCase.objects.select_for_update().filter(pk=case_id).first()
    except ValueError:
        case = None
    if case is None:
        raise CaseNotFound
    if case.status != CaseStatus.OPEN:
        raise CaseClosed
    return case


@transaction.atomic
def assign_case(
    *, case_id: str, member_id: str, reason: str, actor: str, at: datetime
) -> CollectionCase:
    """Give the case to one of the platform's members; to the one who has it, nothing happens.

    The first owner needs no reason, a change of hands does. Raises CaseNotFound, CaseClosed,
    NotFound (member), CollectorNotAllowed, NoteNeeded.
    """
    case = locked_case(case_id)
    member = _member(member_id)
    admit_collector(member.role)
    if case.owner_id == member.id and not case.agency:
        return case
    is_first = case.owner_id is None and not case.agency
    words = reason.strip()
    if not is_first and len(words) < SHORTEST_REASON:
        raise NoteNeeded(field="reason", shortest=SHORTEST_REASON)
    CaseHandover.objects.create(
        case=case, from_owner_id=case.owner_id, to_owner=member, reason=words, actor=actor, at=at
    )
    case.owner, case.agency = member, ""
    case.save(update_fields=["owner", "agency"])
    _tell("assigned", case, actor, at)
    return case


@transaction.atomic
def place_with_agency(
    *, case_id: str, agency: str, reason: str, actor: str, at: datetime
) -> CollectionCase:
    """Hand the case to an outside agency; nobody of ours owns it then.

    Raises CaseNotFound, CaseClosed, NoteNeeded.
    """
    case = locked_case(case_id)
    name, words = agency.strip(), reason.strip()
    if not name:
        raise NoteNeeded(field="agency", shortest=1)
    if len(words) < SHORTEST_REASON:
        raise NoteNeeded(field="reason", shortest=SHORTEST_REASON)
    if case.agency == name:
        return case
    CaseHandover.objects.create(
        case=case, from_owner_id=case.owner_id, to_agency=name, reason=words, actor=actor, at=at
    )
    case.owner, case.agency = None, name
    case.save(update_fields=["owner", "agency"])
    _tell("placed", case, actor, at)
    return case


def work_again(case: CollectionCase, *, day: date, days: int) -> None:
    """Put a locked case on the worklist again in so many days."""
    case.next_contact_on = day + timedelta(days=days)
    case.save(update_fields=["next_contact_on"])


def _member(member_id: str) -> Member:
    try:
        member = list_members().filter(pk=member_id, is_active=True).first()
    except ValueError:
        member = None
    if member is None:
        raise NotFound(field="member", noun="member")
    return member


def _tell(what: str, case: CollectionCase, actor: str, at: datetime) -> None:
    events.record(
        f"credit.collection.{what}", subject=case.id, merchant_id=case.merchant_id,
        actor=actor, at=at,
        props={"owner": case.owner_id or "", "agency": case.agency},
    )  # fmt: skip
