"""Bringing scorecards and policies into force."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from platform_app.kernel import audit, locks
from platform_app.kernel.money import split_minor
from platform_app.kernel.scope import current_tenant_id
from risk.domain import defaults, policy_floor, policy_gate, scorecard_body
from risk.domain.canonical import sha256
from risk.domain.exposure import POOL, SLICES
from risk.enums import VersionStatus
from risk.models import ExposureBucket, Policy, Scorecard
from risk.queries.floors import floors_in_force
from risk.scoring.build import code_sha256


@transaction.atomic
def install_defaults(  # noqa: PLR0913 -- the figures of a vertical, each by its name
    *,
    collection_days: int,
    stock_days: int,
    supplier_days: int,
    margin_rate: Decimal,
    financed_share: Decimal,
    max_limit_minor: int,
    exposure_cap_minor: int,
    actor: str,
    at: datetime,
) -> Policy:
    """Put scorecard 1 and policy 1 in force and open the exposure pool, once; return the policy.

    Amounts in fen. Where something is in force already it stays, whatever is asked for: a second
    call changes nothing. Raises InvalidPolicy when the figures make no policy, PolicyFindings when
    its tables leave a case open.
    """
    locks.hold(locks.LockSpace.DECISION_CHAIN, current_tenant_id())
    if not Scorecard.objects.filter(status=VersionStatus.CHAMPION).exists():
        _install_card(actor=actor, at=at)
    if not ExposureBucket.objects.filter(name=POOL).exists():
        _open_pool(exposure_cap_minor)
    present: Policy | None = Policy.objects.filter(status=VersionStatus.CHAMPION).first()
    if present is not None:
        return present
    body = defaults.policy_body(
        collection_days=collection_days,
        stock_days=stock_days,
        supplier_days=supplier_days,
        margin_rate=margin_rate,
        financed_share=financed_share,
        max_limit_minor=max_limit_minor,
    )
    policy_gate.publishable(body)
    body = policy_floor.composed(body, floors_in_force())
    policy_gate.publishable(body)
    policy: Policy = Policy.objects.create(
        version=Policy.objects.count() + 1,
        status=VersionStatus.CHAMPION,
        body=body,
        sha256=sha256(body),
        drafted_by=actor,
        drafted_at=at,
        in_force_at=at,
    )
    after = {"version": policy.version, "sha256": policy.sha256}
    audit.record(actor=actor, action="risk.policy.install", subject=policy.id, at=at, after=after)
    return policy


def _install_card(*, actor: str, at: datetime) -> None:
    body = defaults.scorecard_body()
    scorecard_body.parse_for_facts(body)
    card = Scorecard.objects.create(
        version=Scorecard.objects.count() + 1,
        status=VersionStatus.CHAMPION,
        body=body,
        sha256=sha256(body),
        code_sha256=code_sha256(),
        drafted_by=actor,
        drafted_at=at,
        in_force_at=at,
    )
    after = {"version": card.version, "sha256": card.sha256}
    audit.record(actor=actor, action="risk.scorecard.install", subject=card.id, at=at, after=after)


def _open_pool(cap_minor: int) -> None:
    caps = split_minor(cap_minor, [1] * SLICES)
    ExposureBucket.objects.bulk_create(
        [ExposureBucket(name=POOL, slice_no=no, cap_minor=cap) for no, cap in enumerate(caps)]
    )
