"""The life of a scorecard: draft → validated → shadow → in force → retired.

Another person than the drafter validates; two others than the drafter put it in force. Lock order
here: the tenant's decision chain (its versions in force), then the scorecard's row.
"""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import audit, events, ids, locks
from platform_app.kernel.scope import current_tenant_id
from risk.domain import trees
from risk.domain.canonical import sha256
from risk.domain.scorecard_body import parse_for_facts
from risk.enums import ApprovalKind, ScorecardKind, VersionStatus
from risk.errors import (
    ChallengerNeverDecides,
    OtherPersonNeeded,
    ScorecardNotFound,
    ScorecardStatus,
    WhyNeeded,
)
from risk.models import Scorecard, ScorecardApproval
from risk.scoring.build import code_sha256

APPROVERS: Final = 2
_OPEN: Final = (VersionStatus.DRAFT, VersionStatus.VALIDATED, VersionStatus.SHADOW)


@transaction.atomic
def register_scorecard(
    *,
    body: dict[str, Any],
    metrics: dict[str, Any],
    actor: str,
    at: datetime,
    kind: ScorecardKind = ScorecardKind.CARD,
) -> Scorecard:
    """Keep a card as the tenant's next version, a draft; the same body again is the same version.

    `metrics` is what `fit_scorecard` said of it, empty for a card an expert wrote. The body of a
    challenger is trees. Raises InvalidScorecard for a body that breaks a rule or names facts or
    reasons we do not have.
    """
    if kind == ScorecardKind.CHALLENGER:
        trees.parse(body)
    else:
        parse_for_facts(body)
    sha = sha256(body)
    _hold()
    present: Scorecard | None = Scorecard.objects.filter(sha256=sha, status__in=_OPEN).first()
    if present is not None:
        return present
    last = Scorecard.objects.order_by("-version").values_list("version", flat=True).first()
    card = Scorecard.objects.create(
        version=(last or 0) + 1,
        kind=kind,
        body=body,
        sha256=sha,
        metrics=metrics,
        code_sha256=code_sha256(),
        drafted_by=actor,
        drafted_at=at,
    )
    _tell("registered", card, actor=actor, at=at)
    return card


@transaction.atomic
def validate_scorecard(*, scorecard_id: str, comment: str, actor: str, at: datetime) -> Scorecard:
    """Agree that it was built and judged as it should be; it never changes from here on.

    The same person again changes nothing. Raises ScorecardNotFound, ScorecardStatus,
    OtherPersonNeeded for its drafter, WhyNeeded without a comment.
    """
    card = _locked(scorecard_id)
    if card.status == VersionStatus.VALIDATED and _has_said(card, ApprovalKind.VALIDATE, actor):
        return card
    _must_be(card, VersionStatus.DRAFT)
    _not_the_drafter(card, actor)
    _say(card, ApprovalKind.VALIDATE, _why(comment), actor=actor, at=at)
    return _move(card, VersionStatus.VALIDATED, "validated", actor=actor, at=at)


@transaction.atomic
def shadow_scorecard(*, scorecard_id: str, actor: str, at: datetime) -> Scorecard:
    """Make it the tenant's challenger; the one of its kind before goes back to validated.

    Raises ScorecardNotFound, ScorecardStatus unless it is validated.
    """
    card = _locked(scorecard_id)
    if card.status == VersionStatus.SHADOW:
        return card
    _must_be(card, VersionStatus.VALIDATED)
    in_shadow = Scorecard.objects.select_for_update().filter(status=VersionStatus.SHADOW)
    for former in in_shadow.filter(kind=card.kind):
        _move(former, VersionStatus.VALIDATED, "unshadowed", actor=actor, at=at)
    return _move(card, VersionStatus.SHADOW, "shadowed", actor=actor, at=at)


@transaction.atomic
def approve_scorecard(*, scorecard_id: str, comment: str, actor: str, at: datetime) -> Scorecard:
    """Agree that the challenger decides from now on; with the second such yes it does.

    The version in force until then is retired. Raises ScorecardNotFound, ScorecardStatus unless it
    is in shadow, ChallengerNeverDecides for trees, OtherPersonNeeded for its drafter and for a
    second yes of one person, WhyNeeded.
    """
    card = _locked(scorecard_id)
    if card.kind == ScorecardKind.CHALLENGER:
        raise ChallengerNeverDecides
    _must_be(card, VersionStatus.SHADOW)
    _not_the_drafter(card, actor)
    if _has_said(card, ApprovalKind.CHAMPION, actor):
        raise OtherPersonNeeded
    _say(card, ApprovalKind.CHAMPION, _why(comment), actor=actor, at=at)
    said = ScorecardApproval.objects.filter(scorecard=card, kind=ApprovalKind.CHAMPION).count()
    if said < APPROVERS:
        _tell("approved", card, actor=actor, at=at)
        return card
    for former in Scorecard.objects.select_for_update().filter(status=VersionStatus.CHAMPION):
        former.retired_at, former.retired_reason = at, f"succeeded by version {card.version}"
        _move(former, VersionStatus.RETIRED, "retired", actor=actor, at=at)
    card.in_force_at = at
    return _move(card, VersionStatus.CHAMPION, "promoted", actor=actor, at=at)


@transaction.atomic
def retire_scorecard(*, scorecard_id: str, reason: str, actor: str, at: datetime) -> Scorecard:
    """Give a version up that is not in force. The one in force is retired by its successor only.

    Raises ScorecardNotFound, ScorecardStatus, WhyNeeded.
    """
    card = _locked(scorecard_id)
    if card.status not in _OPEN:
        raise ScorecardStatus
    card.retired_at, card.retired_reason = at, _why(reason)
    return _move(card, VersionStatus.RETIRED, "retired", actor=actor, at=at)


def _hold() -> None:
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())


def _locked(scorecard_id: str) -> Scorecard:
    _hold()
    try:
        ids.to_uuid("crd", scorecard_id)
    except ValueError:
        raise ScorecardNotFound from None
    card = Scorecard.objects.select_for_update().filter(pk=scorecard_id).first()
    if card is None:
        raise ScorecardNotFound
    return card


def _must_be(card: Scorecard, status: VersionStatus) -> None:
    if card.status != status:
        raise ScorecardStatus


def _not_the_drafter(card: Scorecard, actor: str) -> None:
    if card.drafted_by == actor:
        raise OtherPersonNeeded


def _why(text: str) -> str:
    why = " ".join(text.split())
    if not why:
        raise WhyNeeded(field="comment")
    return why


def _has_said(card: Scorecard, kind: ApprovalKind, actor: str) -> bool:
    found: bool = ScorecardApproval.objects.filter(scorecard=card, kind=kind, actor=actor).exists()
    return found


def _say(card: Scorecard, kind: ApprovalKind, comment: str, *, actor: str, at: datetime) -> None:
    ScorecardApproval.objects.create(scorecard=card, kind=kind, actor=actor, at=at, comment=comment)


def _move(
    card: Scorecard, status: VersionStatus, verb: str, *, actor: str, at: datetime
) -> Scorecard:
    card.status = status
    card.save(update_fields=["status", "in_force_at", "retired_at", "retired_reason"])
    _tell(verb, card, actor=actor, at=at)
    return card


def _tell(verb: str, card: Scorecard, *, actor: str, at: datetime) -> None:
    """To the audit chain, and to whoever waits for the event."""
    facts = {"version": card.version, "sha256": card.sha256, "status": str(card.status)}
    audit.record(
        actor=actor, action=f"risk.scorecard.{verb}", subject=card.id, at=at,
        reason=card.retired_reason, after=facts,
    )  # fmt: skip
    events.record(
        f"risk.scorecard.{verb}", subject=card.id, actor=actor, at=at,
        props={"version": card.version},
    )  # fmt: skip
