"""Storing what `derive` answers. Rows here are a cache; the events are the truth."""

from credit.domain.derived import Derived, Row, Segment
from credit.domain.terms import DrawdownTerms
from credit.models import Drawdown, InterestSegment, PlanRow


def store(drawdown: Drawdown, answer: Derived, *, product_id: str) -> None:
    """Bring the stored rows and segments in line with the answer: three statements.

    Segments that ended before `answer.as_of` are history and stay; the rest are replaced.
    """
    PlanRow.objects.bulk_create(
        [_row(drawdown.id, row) for row in answer.rows],
        update_conflicts=True,
        unique_fields=["tenant_id", "drawdown", "seq"],
        update_fields=[
            "principal_minor", "interest_minor", "penalty_minor", "paid_principal_minor",
            "paid_interest_minor", "paid_penalty_minor", "paid_off_on",
        ],
    )  # fmt: skip
    if drawdown.event_count > 1:
        InterestSegment.objects.filter(drawdown=drawdown, to_on__gt=answer.as_of).delete()
    InterestSegment.objects.bulk_create(
        [
            _segment(drawdown, product_id, segment)
            for segment in answer.segments
            if segment.to_on >= answer.as_of
        ],
        ignore_conflicts=True,
    )
    drawdown.outstanding_principal_minor = answer.outstanding_principal_minor
    drawdown.oldest_unpaid_on = answer.oldest_unpaid_on
    drawdown.next_event_on = answer.next_event_on
    drawdown.maturity_on = answer.maturity_on


def _row(drawdown_id: str, row: Row) -> PlanRow:
    names = [
        "seq", "start_on", "seed_due_on", "due_on", "principal_minor", "interest_minor",
        "penalty_minor", "paid_principal_minor", "paid_interest_minor", "paid_penalty_minor",
        "paid_off_on",
    ]  # fmt: skip
    return PlanRow(drawdown_id=drawdown_id, **{name: getattr(row, name) for name in names})


def _segment(drawdown: Drawdown, product_id: str, segment: Segment) -> InterestSegment:
    terms = DrawdownTerms.from_json(drawdown.terms)
    return InterestSegment(
        drawdown=drawdown,
        funding_source_id=drawdown.funding_source_id,
        product_id=product_id,
        kind=segment.kind,
        seq=segment.seq,
        from_on=segment.from_on,
        to_on=segment.to_on,
        base_minor=segment.base_minor,
        annual_rate=segment.annual_rate,
        year_days=terms.year_days,
    )
