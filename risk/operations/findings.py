"""What linked merchants seem to do: found by night, confirmed or dismissed by a person.

Lock order: findings by id, then merchants.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import audit, events
from platform_app.kernel.errors import ReasonNeeded
from risk.domain.facts import ratio
from risk.enums import FindingKind, FindingStatus, WatchKind, WatchReason
from risk.errors import FindingDecided, FindingNotFound
from risk.models import FraudFinding
from risk.operations.traits import gather_traits
from risk.operations.watch_list import add_watch_entry
from risk.queries.linked import Mark, Mirrored, clusters, mirrored_trade, shared_marks

ANSWER_WITHIN: Final = timedelta(days=2)
LEAST_SHARERS: Final = 5
LEAST_SOLD: Final = 3  # of them, where one salesperson brought them
LEAST_MIRRORED: Final = 6  # orders
LEAST_SHARE: Final = Decimal("0.5")
_REASONS: Final = {
    FindingKind.SELF_TRADE: WatchReason.SELF_TRADE,
    FindingKind.ORGANIZER: WatchReason.ORGANIZED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    kind: FindingKind
    key: str
    merchants: list[str]
    evidence: dict[str, Any]


@transaction.atomic
def find_fraud(*, actor: str, at: datetime) -> int:
    """Look at everything known before `at`; how many findings are new.

    An organizer is one thing that five merchants or more came to share in thirty days; three are
    enough where one salesperson brought them, who alone is never a finding. Self-trade is
    half of a merchant's purchases, six orders at least, mirrored by those linked to it. One that
    is open is brought up to date; one that was decided is opened again only for merchants that were
    not in it. A second run finds nothing new.
    """
    gather_traits(merchant_ids=None, at=at - timedelta(microseconds=1))
    marks = shared_marks(as_of=at)
    found = [*_organizers(marks), *_self_trade(mirrored_trade(as_of=at), clusters(marks))]
    before: dict[tuple[str, str], list[FraudFinding]] = {}
    for row in FraudFinding.objects.select_for_update().order_by("id"):
        before.setdefault((row.kind, row.key), []).append(row)
    return sum(_kept(one, before.get((one.kind, one.key), []), actor=actor, at=at) for one in found)


@transaction.atomic
def confirm_finding(
    *, finding_id: str, watch: WatchKind, expires_on: date, reason: str, actor: str, at: datetime
) -> FraudFinding:
    """It is so: every merchant in it goes on the list, until a day.

    Confirmed already, nothing happens. Raises FindingNotFound, FindingDecided once it was
    dismissed, ReasonNeeded, and WatchPeriod.
    """
    finding = _locked(finding_id, FindingStatus.CONFIRMED)
    if finding.status == FindingStatus.CONFIRMED:
        return finding
    words = _words(reason)
    for merchant_id in sorted(finding.merchants):
        add_watch_entry(
            merchant_id=merchant_id, kind=watch, reason_code=_REASONS[FindingKind(finding.kind)],
            comment=words, expires_on=expires_on, actor=actor, at=at,
        )  # fmt: skip
    return _decide(finding, FindingStatus.CONFIRMED, words, actor=actor, at=at)


@transaction.atomic
def dismiss_finding(*, finding_id: str, reason: str, actor: str, at: datetime) -> FraudFinding:
    """It is not so, and why. Dismissed already, nothing happens.

    Raises FindingNotFound, FindingDecided once it was confirmed, ReasonNeeded.
    """
    finding = _locked(finding_id, FindingStatus.DISMISSED)
    if finding.status == FindingStatus.DISMISSED:
        return finding
    return _decide(finding, FindingStatus.DISMISSED, _words(reason), actor=actor, at=at)


def _organizers(marks: Sequence[Mark]) -> list[_Found]:
    """What enough merchants came to share, and who brought most of them if anybody did."""
    sellers = [one for one in marks if one.is_evidence]
    found = []
    for one in marks:
        if one.is_evidence or one.fresh_count < LEAST_SOLD:
            continue
        sold, masked = _brought(one, sellers)
        if one.fresh_count < LEAST_SHARERS and sold < LEAST_SOLD:
            continue
        evidence: dict[str, Any] = {
            "trait": one.kind, "masked": one.masked, "merchants_count": len(one.merchants),
            "fresh_count": one.fresh_count,
        }  # fmt: skip
        if sold >= LEAST_SOLD:
            evidence |= {"salesperson": masked, "sold_count": sold}
        found.append(
            _Found(
                kind=FindingKind.ORGANIZER, key=f"{one.kind}:{one.mark}",
                merchants=sorted(one.merchants), evidence=evidence,
            )
        )  # fmt: skip
    return found


def _brought(mark: Mark, sellers: Sequence[Mark]) -> tuple[int, str]:
    """How many of those who came to share it one salesperson brought, the most, and who."""
    fresh = set(mark.fresh)
    counts = [(len(fresh.intersection(one.merchants)), one.mark, one.masked) for one in sellers]
    most, _mark, masked = max(counts, default=(0, "", ""))
    return most, masked


def _self_trade(trade: dict[str, Mirrored], group: dict[str, int]) -> list[_Found]:
    """One finding for each group in which somebody's purchases are mirrored."""
    by_group: dict[int, list[str]] = {}
    for merchant, one in trade.items():
        share = ratio(one.mirrored_minor, one.total_minor) or Decimal(0)
        if merchant in group and one.mirrored_count >= LEAST_MIRRORED and share >= LEAST_SHARE:
            by_group.setdefault(group[merchant], []).append(merchant)
    found = []
    for number, suspects in by_group.items():
        first = min(merchant for merchant, label in group.items() if label == number)
        worst = max(suspects, key=lambda one: (trade[one].mirrored_minor, one))
        found.append(
            _Found(
                kind=FindingKind.SELF_TRADE, key=first, merchants=sorted(suspects),
                evidence={
                    "mirrored_count": trade[worst].mirrored_count,
                    "mirrored_minor": trade[worst].mirrored_minor,
                    "total_minor": trade[worst].total_minor,
                },
            )
        )  # fmt: skip
    return found


def _kept(found: _Found, before: Sequence[FraudFinding], *, actor: str, at: datetime) -> bool:
    """Open it, or bring the open one up to date; whether it is new."""
    standing = next((one for one in before if one.status == FindingStatus.OPEN), None)
    if standing is not None:
        if (standing.merchants, standing.evidence) != (found.merchants, found.evidence):
            standing.merchants, standing.evidence = found.merchants, found.evidence
            standing.save(update_fields=["merchants", "evidence"])
        return False
    answered = {merchant for one in before for merchant in one.merchants}
    if before and set(found.merchants) <= answered:
        return False
    finding = FraudFinding.objects.create(
        kind=found.kind, key=found.key, merchants=found.merchants, evidence=found.evidence,
        found_at=at, due_at=at + ANSWER_WITHIN,
    )  # fmt: skip
    _tell("found", finding, actor=actor, at=at)
    return True


def _decide(
    finding: FraudFinding, status: FindingStatus, reason: str, *, actor: str, at: datetime
) -> FraudFinding:
    finding.status, finding.reason = status, reason
    finding.decided_by, finding.decided_at = actor, at
    finding.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    _tell(str(status), finding, actor=actor, at=at)
    return finding


def _locked(finding_id: str, wanted: FindingStatus) -> FraudFinding:
    try:
        finding = FraudFinding.objects.select_for_update().filter(pk=finding_id).first()
    except ValueError:
        finding = None
    if finding is None:
        raise FindingNotFound
    if finding.status not in {FindingStatus.OPEN, wanted}:
        raise FindingDecided
    return finding


def _words(reason: str) -> str:
    words = " ".join(reason.split())
    if not words:
        raise ReasonNeeded(field="reason")
    return words


def _tell(verb: str, finding: FraudFinding, *, actor: str, at: datetime) -> None:
    """To the audit chain with its reason, and to ourselves; no webhook carries it."""
    action = f"risk.finding.{verb}"
    facts = {"kind": str(finding.kind), "merchants": finding.merchants}
    audit.record(
        actor=actor, action=action, subject=finding.id, at=at, reason=finding.reason, after=facts
    )
    events.record(action, subject=finding.id, actor=actor, at=at, props={"kind": finding.kind})
