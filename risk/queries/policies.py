"""Policies for a risk officer: the versions, and one of them with the evidence for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from platform_app.kernel import ids
from risk.domain.policy_difference import Difference, difference
from risk.domain.policy_findings import Finding
from risk.domain.policy_gate import findings_of
from risk.enums import PolicyApprovalKind, VersionStatus
from risk.errors import InvalidPolicy, PolicyNotFound
from risk.models import Policy, PolicyApproval, PolicyBackTest
from risk.queries.floors import has_floors_of_today
from risk.queries.people import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signed what, and why; `is_current` in the present round of shadow."""

    kind: str
    actor: str
    who: str
    comment: str
    at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyView:
    """One version, with what its gate looks at.

    `problem` is why the analysis could not be made, empty otherwise; `backtest` is the latest one
    kept, `is_fresh` when it was of this body against the policy now in force. A draft has no floors
    yet: they are composed into it when it is validated.
    """

    row: Policy
    in_force: Policy | None
    findings: tuple[Finding, ...]
    problem: str
    difference: Difference | None
    backtest: PolicyBackTest | None
    is_fresh: bool
    has_floors_of_today: bool
    signatures: tuple[Signature, ...]
    drafter: str

    @property
    def blocking(self) -> list[Finding]:
        return [one for one in self.findings if one.is_blocking]

    def signed(self, kind: PolicyApprovalKind) -> list[Signature]:
        """The signatures of one kind that count in the present round."""
        return [one for one in self.signatures if one.kind == kind and one.is_current]


def list_policies(*, with_drafts: bool) -> list[Policy]:
    """Every version without its body, the newest first."""
    found = Policy.objects.defer("body").order_by("-version")
    return list(found if with_drafts else found.exclude(status=VersionStatus.DRAFT))


def policy_row(policy_id: str, *, with_drafts: bool = True) -> Policy:
    """One version. Raises PolicyNotFound."""
    return _with_champion(policy_id, with_drafts=with_drafts)[0]


def policy_view(policy_id: str, *, with_drafts: bool) -> PolicyView:
    """One version with its evidence. Raises PolicyNotFound."""
    row, in_force = _with_champion(policy_id, with_drafts=with_drafts)
    said = list(PolicyApproval.objects.filter(policy=row).order_by("at", "id"))
    tests = PolicyBackTest.objects.filter(policy=row).select_related("in_force")
    backtest = tests.order_by("-run_at", "-id").first()
    names = names_of([row.drafted_by, *(one.actor for one in said)])
    findings, problem = _analyzed(row.body)
    return PolicyView(
        row=row,
        in_force=in_force,
        findings=findings,
        problem=problem,
        difference=_difference(row, in_force),
        backtest=backtest,
        is_fresh=_is_fresh(backtest, row, in_force),
        has_floors_of_today=row.status == VersionStatus.DRAFT or has_floors_of_today(row.body),
        signatures=_signatures(row, said, names),
        drafter=names.get(row.drafted_by, row.drafted_by),
    )


def _with_champion(policy_id: str, *, with_drafts: bool) -> tuple[Policy, Policy | None]:
    """The version and the one in force, in one statement."""
    try:
        ids.to_uuid("pol", policy_id)
    except ValueError:
        raise PolicyNotFound from None
    asked = Case(When(pk=policy_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    wanted = Policy.objects.filter(pk=policy_id) | Policy.objects.filter(
        status=VersionStatus.CHAMPION
    )
    found = list(wanted.order_by(asked))
    if not found or found[0].id != policy_id:
        raise PolicyNotFound
    row = found[0]
    if row.status == VersionStatus.DRAFT and not with_drafts:
        raise PolicyNotFound
    return row, next((one for one in found if one.status == VersionStatus.CHAMPION), None)


def _analyzed(body: dict[str, Any]) -> tuple[tuple[Finding, ...], str]:
    try:
        return tuple(findings_of(body)), ""
    except InvalidPolicy as refusal:
        return (), str(refusal.facts["problem"])


def _difference(row: Policy, in_force: Policy | None) -> Difference | None:
    if in_force is None or in_force.id == row.id:
        return None
    return difference(in_force.body, row.body)


def _is_fresh(backtest: PolicyBackTest | None, row: Policy, in_force: Policy | None) -> bool:
    return (
        backtest is not None
        and in_force is not None
        and backtest.policy_sha256 == row.sha256
        and backtest.in_force_sha256 == in_force.sha256
    )


def _signatures(
    row: Policy, said: Sequence[PolicyApproval], names: dict[str, str]
) -> tuple[Signature, ...]:
    return tuple(
        Signature(
            kind=one.kind,
            actor=one.actor,
            who=names.get(one.actor, one.actor),
            comment=one.comment,
            at=one.at,
            is_current=one.round == row.shadow_round,
        )
        for one in said
    )
