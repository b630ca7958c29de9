"""The cap of one legal entity over all tenants, where it is not the platform's cap for everybody.

A lower cap protects and holds at once; a higher one is proposed, and another person approves it.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from stdnum.cn import uscc

from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid, SecondPersonNeeded
from risk.enums import CapChangeStatus
from risk.errors import CapChangeDecided, CapChangeNotFound, CapChangeOpen
from risk.models import EntityCapChange, EntityExposure
from risk.operations.policy_rows import why
from risk.queries.entities import entity_key


@transaction.atomic
def propose_entity_cap(
    *, registration_no: str, cap_minor: int | None, reason: str, actor: str, at: datetime
) -> EntityCapChange:
    """Cap a legal entity at `cap_minor` fen over all tenants; None is the platform's cap.

    No higher than now it holds at once and ends what was proposed; a cap below what is out stops
    new drawdowns only. Higher than now it waits for another person. Raises Invalid for a
    code that cannot be one or a negative cap, WhyNeeded, CapChangeOpen.
    """
    if not uscc.is_valid(registration_no):
        raise Invalid(field="registration_no")
    if cap_minor is not None and cap_minor < 0:
        raise Invalid(field="cap")
    words = why(reason)
    entity = _locked_entity(entity_key(registration_no))
    open_ones = EntityCapChange.objects.filter(exposure=entity, status=CapChangeStatus.PROPOSED)
    is_higher = _effective(cap_minor) > _effective(entity.cap_minor)
    if is_higher and open_ones.exists():
        raise CapChangeOpen
    change = EntityCapChange(
        exposure=entity, from_minor=entity.cap_minor, to_minor=cap_minor, reason=words,
        proposed_by=actor, proposed_at=at, status=CapChangeStatus.PROPOSED,
    )  # fmt: skip
    if not is_higher:
        open_ones.update(status=CapChangeStatus.REJECTED, decided_by=actor, decided_at=at)
        _let_hold(change, entity, actor=actor, at=at)
    change.save(force_insert=True)
    return change


@transaction.atomic
def decide_entity_cap(
    *, change_id: str, is_approved: bool, actor: str, at: datetime
) -> EntityCapChange:
    """Let a proposed higher cap hold, or turn it down; the proposer may only take it back.

    Raises CapChangeNotFound, CapChangeDecided, SecondPersonNeeded.
    """
    try:
        ids.to_uuid("ecc", change_id)
    except ValueError:
        raise CapChangeNotFound from None
    exposure_id = EntityCapChange.objects.filter(pk=change_id).values("exposure_id")
    entity = EntityExposure.objects.select_for_update().filter(pk__in=exposure_id).first()
    if entity is None:
        raise CapChangeNotFound
    change: EntityCapChange = EntityCapChange.objects.get(pk=change_id)
    if change.status != CapChangeStatus.PROPOSED:
        raise CapChangeDecided
    if is_approved and change.proposed_by == actor:
        raise SecondPersonNeeded
    if is_approved:
        change.from_minor = entity.cap_minor
        _let_hold(change, entity, actor=actor, at=at)
    else:
        change.status = CapChangeStatus.REJECTED
        change.decided_by, change.decided_at = actor, at
    change.save(update_fields=["from_minor", "status", "decided_by", "decided_at"])
    return change


def _let_hold(change: EntityCapChange, entity: EntityExposure, *, actor: str, at: datetime) -> None:
    entity.cap_minor = change.to_minor
    entity.save(update_fields=["cap_minor"])
    change.status, change.decided_by, change.decided_at = CapChangeStatus.IN_FORCE, actor, at


def _locked_entity(key: str) -> EntityExposure:
    EntityExposure.objects.bulk_create(
        [EntityExposure(id=ids.new_id("eex"), entity_key=key)], ignore_conflicts=True
    )
    found: EntityExposure = EntityExposure.objects.select_for_update().get(entity_key=key)
    return found


def _effective(cap_minor: int | None) -> int:
    return int(settings.ENTITY_CAP_MINOR) if cap_minor is None else cap_minor
