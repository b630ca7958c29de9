"""Storing what `derive` answers. Rows here are a cache; the events are the truth.

Only what differs between the answer before and the answer after is written.
"""

from collections.abc import Sequence

from django.db.models import Q

from credit.domain.derived import COMPONENTS, Derived, Row, Segment, Taken
from credit.models import Allocation, Drawdown, InterestSegment, LoanEvent, PlanRow

_OWED = [f"{part.value}_minor" for part in COMPONENTS]
_AMOUNTS = [f"{what}{name}" for what in ("", "paid_", "waived_", "written_off_") for name in _OWED]
_DATES = ["start_on", "seed_due_on", "due_on", "paid_off_on"]
_FIGURES = [*_DATES, *_AMOUNTS, "discount_minor"]


def store(
    drawdown: Drawdown,
    before: Derived | None,
    after: Derived,
    *,
    product_id: str,
    booked: LoanEvent,
) -> None:
    """Bring rows, segments, allocations and the drawdown's own figures in line with the answer.

    `before` is the answer without the event just booked, None for the first; the caller saves the
    drawdown.
    """
    _store_rows(drawdown, before, after)
    _store_segments(drawdown, before, after, product_id)
    _store_allocations(drawdown, before, after, booked)
    drawdown.outstanding_principal_minor = after.outstanding_principal_minor
    drawdown.oldest_unpaid_on = after.oldest_unpaid_on
    drawdown.next_event_on = after.next_event_on
    drawdown.maturity_on = after.maturity_on
    drawdown.paused_until = after.paused_until
    drawdown.closes_alone = after.closes_alone or drawdown.partnership_id is not None
    drawdown.penalty_rate = after.penalty_rate
    drawdown.written_off_on = after.written_off_on


STORED = [
    "outstanding_principal_minor", "oldest_unpaid_on", "next_event_on", "maturity_on",
    "paused_until", "closes_alone", "penalty_rate", "written_off_on",
]  # fmt: skip


def _store_rows(drawdown: Drawdown, before: Derived | None, after: Derived) -> None:
    old = {row.seq: _figures(row) for row in before.rows} if before else {}
    changed = [row for row in after.rows if old.get(row.seq) != _figures(row)]
    if changed:
        PlanRow.objects.bulk_create(
            [
                PlanRow(
                    drawdown_id=drawdown.id, seq=row.seq,
                    **{name: getattr(row, name) for name in _FIGURES},
                )
                for row in changed
            ],
            update_conflicts=True,
            unique_fields=["tenant_id", "drawdown", "seq"],
            update_fields=_FIGURES,
        )  # fmt: skip
    if gone := old.keys() - {row.seq for row in after.rows}:
        PlanRow.objects.filter(drawdown=drawdown, seq__in=gone).delete()


def _figures(row: Row) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _FIGURES)


def _store_segments(
    drawdown: Drawdown, before: Derived | None, after: Derived, product_id: str
) -> None:
    old = set(before.segments) if before else set()
    if gone := old - set(after.segments):
        which = Q()
        for one in gone:
            which |= Q(kind=one.kind, seq=one.seq, from_on=one.from_on)
        InterestSegment.objects.filter(which, drawdown=drawdown).delete()
    new = [one for one in after.segments if one not in old]
    add_segments(drawdown, new, product_id=product_id)


def add_segments(drawdown: Drawdown, segments: Sequence[Segment], *, product_id: str) -> None:
    """Store stretches of interest that are not stored yet."""
    if segments:
        InterestSegment.objects.bulk_create(
            [_segment(drawdown, product_id, one) for one in segments]
        )


def _segment(drawdown: Drawdown, product_id: str, segment: Segment) -> InterestSegment:
    return InterestSegment(
        drawdown=drawdown,
        funding_source_id=drawdown.funding_source_id,
        partnership_id=drawdown.partnership_id,
        product_id=product_id,
        kind=segment.kind,
        seq=segment.seq,
        from_on=segment.from_on,
        to_on=segment.to_on,
        base_minor=segment.base_minor,
        rate=segment.rate,
        per_days=segment.per_days,
    )


def _store_allocations(
    drawdown: Drawdown, before: Derived | None, after: Derived, booked: LoanEvent
) -> None:
    """Add what the new event pays; where it changed what others pay, replace the set."""
    old = set(before.taken) if before else set()
    if old <= set(after.taken):
        new = [part for part in after.taken if part not in old]
    else:
        Allocation.objects.filter(drawdown=drawdown).delete()
        new = list(after.taken)
    others = {part.event_seq for part in new} - {booked.seq}
    ids = {booked.seq: booked.id}
    if others:
        found = LoanEvent.objects.filter(drawdown=drawdown, seq__in=others)
        ids |= dict(found.values_list("seq", "id"))
    if new:
        Allocation.objects.bulk_create([_allocation(drawdown, ids, part) for part in new])


def _allocation(drawdown: Drawdown, ids: dict[int, str], part: Taken) -> Allocation:
    return Allocation(
        drawdown=drawdown,
        loan_event_id=ids[part.event_seq],
        seq=part.seq,
        component=part.component.value,
        amount_minor=part.amount_minor,
    )
