"""Recording what a person decided in place of the policy."""

from datetime import datetime, timedelta

from django.db import transaction

from platform_app.kernel import audit, clock
from platform_app.kernel.errors import Invalid, ReasonNeeded, SecondPersonNeeded
from risk.domain.authority import OVERRIDE_DAYS, direction_of, second_needed
from risk.enums import Outcome, OverrideReason
from risk.errors import OverrideLimit
from risk.models import Decision, Override
from risk.queries.proposals import Proposal, proposal_of


def check_override(
    decision: Decision, *, outcome: Outcome, limit_minor: int, comment: str
) -> Proposal:
    """The formulas' proposal, if a person may answer so. Nothing is written.

    Raises Invalid for an answer that is none; ReasonNeeded without a comment; OverrideLimit for a
    limit that is no whole number of steps, above the policy's highest, or given with a refusal.
    """
    if outcome == Outcome.REFER:
        raise Invalid(field="outcome")
    if not comment.strip():
        raise ReasonNeeded(field="comment")
    proposal = proposal_of(decision)
    lowest = proposal.step_minor if outcome == Outcome.APPROVE else 0
    highest = proposal.highest_minor if outcome == Outcome.APPROVE else 0
    if limit_minor % proposal.step_minor or not lowest <= limit_minor <= highest:
        raise OverrideLimit(
            field="limit_minor", lowest_minor=lowest, highest_minor=highest,
            step_minor=proposal.step_minor,
        )  # fmt: skip
    return proposal


@transaction.atomic
def record_override(
    *,
    decision: Decision,
    outcome: Outcome,
    limit_minor: int,
    reason_code: OverrideReason,
    comment: str,
    by: str,
    second_by: str,
    at: datetime,
) -> Override:
    """Write down who answered what in place of the policy; `second_by` is empty for one alone.

    Once per decision. Raises what `check_override` raises, SecondPersonNeeded when one person is
    not enough or both are the same.
    """
    proposal = check_override(decision, outcome=outcome, limit_minor=limit_minor, comment=comment)
    machine = Outcome(decision.outcome)
    facts = {
        "machine": machine, "outcome": outcome, "limit_minor": limit_minor,
        "suggested_minor": proposal.limit_minor,
    }  # fmt: skip
    if second_by == by or (second_needed(**facts) and not second_by):  # type: ignore[arg-type]
        raise SecondPersonNeeded
    override = Override.objects.create(
        decision=decision, merchant_id=decision.merchant_id, direction=direction_of(**facts),  # type: ignore[arg-type]
        from_outcome=machine, to_outcome=outcome, suggested_minor=proposal.limit_minor,
        limit_minor=limit_minor, reason_code=reason_code, comment=comment, by=by,
        second_by=second_by, at=at, expires_on=clock.day_of(at) + timedelta(days=OVERRIDE_DAYS),
    )  # fmt: skip
    audit.record(
        actor=second_by or by, action="risk.decision.override", subject=decision.id, at=at,
        reason=comment, after={"outcome": str(outcome), "limit_minor": limit_minor, "by": by},
    )  # fmt: skip
    return override
