"""Looking at limits again: every night where a sign shows or a month has passed, and when asked.

Lock order: the tenant's decision chain, then the line.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from credit.domain.reviews import REQUEST_DAYS
from credit.enums import LimitCause, LineStatus, ReviewKind, SuspensionReason
from credit.errors import (
    LimitAskedLately,
    LimitNotHigher,
    LimitReviewNotFound,
    LineNotActive,
    ReviewNotPossible,
)
from credit.models import CreditLine, LimitReview, Review
from credit.operations.lines import change_limit, resume_line, suspend_line
from credit.operations.reviews import locked_application, open_review
from credit.queries.behavior import repayment_facts
from credit.queries.business_day import open_day
from credit.queries.drawdowns import locked_line
from credit.queries.limit_reviews import frozen_by_review, last_looks, last_raises, reviewable
from credit.queries.onboarding import NEEDED_CONSENTS
from credit.queries.reviews import WAITING
from platform_app.kernel import clock, events, locks
from platform_app.kernel.scope import current_tenant_id
from risk.enums import LimitAction, Outcome, Purpose
from risk.models import Decision
from risk.operations.decisions import decide, decide_many
from risk.queries.facts import trade_facts
from risk.queries.limit_steps import Sign, Standing, Step, next_step, signs_of
from risk.queries.proposals import proposal_of
from risk.queries.watch_list import listed
from tenants.queries.consents import ended_consents

CHUNK: Final = 500
DAYS_BETWEEN_LOOKS: Final = 30
DAYS_BETWEEN_ASKING: Final = 30
_ACTOR: Final = "system:limits"


def review_limits(*, at: datetime) -> dict[str, int]:
    """Look at every line that shows a sign or was not looked at for a month; count the actions.

    A line that somebody else suspended is left alone. A second run of a day finds what is done.
    Chunk by chunk, each in a transaction.
    """
    day, done = open_day(), dict.fromkeys(LimitAction.values, 0)
    lines = list(reviewable())
    for start in range(0, len(lines), CHUNK):
        for review in _review_chunk(lines[start : start + CHUNK], day, at):
            done[review.action] += 1
    return done


@transaction.atomic
def ask_limit(*, line_id: str, wanted_minor: int, actor: str, at: datetime) -> LimitReview:
    """The merchant wants `wanted_minor` fen; decided at once, by the same rules as every night.

    The answer is a raise up to what was asked for, or the limit is kept. Asking again on the same
    day returns the same answer. Raises LineNotFound, LineNotActive, LimitNotHigher,
    LimitAskedLately.
    """
    day = open_day()
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    line = locked_line(line_id)
    asked = LimitReview.objects.filter(line=line, cause=LimitCause.ASKED).order_by("-on").first()
    if asked is not None and asked.on == day:
        return asked
    if line.status != LineStatus.ACTIVE:
        raise LineNotActive
    if wanted_minor <= line.limit_minor:
        raise LimitNotHigher(field="wanted", limit_minor=line.limit_minor)
    again_on = asked.on + timedelta(days=DAYS_BETWEEN_ASKING) if asked else day
    if day < again_on:
        raise LimitAskedLately(again_on=again_on.isoformat())
    merchant = line.merchant_id
    trade = trade_facts(merchant_ids=[merchant], as_of=at)[merchant]
    behavior = repayment_facts([merchant], on=day)[merchant]
    is_listed = merchant in listed([merchant], on=clock.day_of(at))
    signs = signs_of(trade, behavior, is_listed=is_listed)
    decision = decide(
        merchant_id=merchant, purpose=Purpose.LIMIT_REVIEW, as_of=at, decided_at=at,
        repayment=behavior, actor=actor, trade=trade,
    )  # fmt: skip
    return _step(
        line, decision, signs, last_raises([line.id]).get(line.id), day=day,
        cause=LimitCause.ASKED, wanted_minor=wanted_minor, actor=actor, at=at,
    )  # fmt: skip


@transaction.atomic
def request_limit_review(*, limit_review_id: str, note: str, actor: str, at: datetime) -> Review:
    """The merchant asks a person to look at a higher limit that was not given.

    Asking again returns the same review. Raises LimitReviewNotFound; ReviewNotPossible unless the
    merchant asked in the last thirty days and the limit stayed, and while another review of the
    same application waits; LineNotActive.
    """
    try:
        rows = LimitReview.objects.select_related("line__offer")
        asked = rows.filter(pk=limit_review_id).first()
    except ValueError:
        asked = None
    if asked is None:
        raise LimitReviewNotFound
    application = locked_application(asked.line.offer.application_id)
    before: Review | None = Review.objects.filter(limit_review=asked).first()
    if before is not None:
        return before
    is_waiting = Review.objects.filter(application=application, status__in=WAITING)
    if (
        asked.cause != LimitCause.ASKED
        or asked.action != LimitAction.KEEP
        or at >= asked.at + timedelta(days=REQUEST_DAYS)
        or is_waiting.exists()
    ):
        raise ReviewNotPossible(days=REQUEST_DAYS)
    if asked.line.status != LineStatus.ACTIVE:
        raise LineNotActive
    return open_review(
        application, kind=ReviewKind.LIMIT, note=note.strip()[:500], actor=actor, at=at,
        limit_review=asked,
    )  # fmt: skip


@transaction.atomic
def _review_chunk(lines: Sequence[CreditLine], day: date, at: datetime) -> list[LimitReview]:
    merchants = [line.merchant_id for line in lines]
    trades = trade_facts(merchant_ids=merchants, as_of=at)
    behaviors = repayment_facts(merchants, on=day)
    lists = listed(merchants, on=clock.day_of(at))
    signs = {
        one: signs_of(trades[one], behaviors[one], is_listed=one in lists) for one in merchants
    }
    due = _due(lines, signs, day)
    if not due:
        return []
    decisions = decide_many(
        merchant_ids=[line.merchant_id for line, _ in due], purpose=Purpose.LIMIT_REVIEW,
        as_of=at, decided_at=at, repayments=behaviors, actor=_ACTOR,
    )  # fmt: skip
    raised = last_raises([line.id for line, _ in due])
    now = _unchanged([line for line, _ in due])
    return [
        _step(
            now[line.id], decisions[line.merchant_id], signs, raised.get(line.id), day=day,
            cause=LimitCause.NIGHTLY, wanted_minor=0, actor=_ACTOR, at=at,
        )
        for line, signs in due
        if line.id in now
    ]  # fmt: skip


def _unchanged(lines: Sequence[CreditLine]) -> dict[str, CreditLine]:
    """The lines, locked: all but those that somebody closed, suspended or resumed meanwhile."""
    rows = reviewable().filter(pk__in=[line.id for line in lines]).select_for_update()
    now = {row.id: row for row in rows}
    return {
        line.id: now[line.id]
        for line in lines
        if line.id in now
        and (line.status, line.status_reason) == (now[line.id].status, now[line.id].status_reason)
    }


def _due(
    lines: Sequence[CreditLine], signs_by: Mapping[str, tuple[Sign, ...]], day: date
) -> list[tuple[CreditLine, tuple[Sign, ...]]]:
    """Lines to look at tonight: other signs than at the last look, or no look for a month."""
    looks = last_looks([line.id for line in lines])
    frozen = frozen_by_review([line.id for line in lines])
    due = []
    for line in lines:
        if line.status == LineStatus.SUSPENDED and line.id not in frozen:
            continue
        signs = signs_by[line.merchant_id]
        before = looks.get(line.id)
        if before is None:
            opened = clock.day_of(line.activated_at)
            is_due = bool(signs) or day >= opened + timedelta(days=DAYS_BETWEEN_LOOKS)
        elif before.on == day:
            is_due = False
        else:
            is_due = [one.code for one in signs] != before.signs or day >= before.on + timedelta(
                days=DAYS_BETWEEN_LOOKS
            )
        if is_due:
            due.append((line, signs))
    return due


def _step(  # noqa: PLR0913 -- a look and all it rests on
    line: CreditLine, decision: Decision, signs: tuple[Sign, ...], last_raise_on: date | None, *,
    day: date, cause: LimitCause, wanted_minor: int, actor: str, at: datetime,
) -> LimitReview:  # fmt: skip
    proposal = proposal_of(decision)
    # While auto-approval is stopped nothing is raised, but a sign still cuts to the formulas.
    is_referred = decision.outcome == Outcome.REFER
    target = proposal.limit_minor if is_referred else decision.limit_minor
    if wanted_minor:
        target = min(target, wanted_minor)
    step = next_step(
        Standing(
            limit_minor=line.limit_minor, taken_minor=line.used_minor + line.held_minor,
            is_frozen=line.status == LineStatus.SUSPENDED, last_raise_on=last_raise_on,
        ),
        outcome=Outcome(decision.outcome), target_minor=target, warns=bool(signs),
        freezes=any(sign.freezes for sign in signs),
        step_minor=proposal.step_minor, on=day,
    )  # fmt: skip
    if cause == LimitCause.ASKED and step.action != LimitAction.RAISE:
        step = Step(LimitAction.KEEP, line.limit_minor)  # nobody loses by asking
    review = LimitReview.objects.create(
        line=line, decision=decision, on=day, cause=cause, wanted_minor=wanted_minor,
        signs=[sign.code for sign in signs], action=step.action, from_minor=line.limit_minor,
        to_minor=step.limit_minor, at=at,
    )  # fmt: skip
    _act(line, step, signs, actor, at)
    if cause == LimitCause.ASKED or step.action != LimitAction.KEEP:
        events.record(
            "credit.limit.reviewed", subject=line.id, merchant_id=line.merchant_id, actor=actor,
            at=at, props={"review": review.id, "action": str(step.action),
                          "limit_minor": step.limit_minor},
        )  # fmt: skip
    return review


def _act(line: CreditLine, step: Step, signs: tuple[Sign, ...], actor: str, at: datetime) -> None:
    told = {"line_id": line.id, "actor": actor, "at": at,
            "reason": ", ".join(sign.code for sign in signs) or "limit review"}  # fmt: skip
    if step.action in {LimitAction.RAISE, LimitAction.CUT}:
        change_limit(limit_minor=step.limit_minor, **told)
    elif step.action == LimitAction.FREEZE:
        in_arrears = any(sign.code == "overdue" for sign in signs)
        because = SuspensionReason.ARREARS if in_arrears else SuspensionReason.RISK
        suspend_line(because=because, **told)
    elif step.action == LimitAction.RESUME:
        if ended_consents(line.merchant_id, NEEDED_CONSENTS):
            suspend_line(because=SuspensionReason.CONSENT, **told)
        else:
            resume_line(**told)
