"""The cap of one legal entity over all tenants, where it is not the platform's cap for everybody.

Entities belong to no tenant, so no tenant's audit chain is written: it is logged, by the key only.
"""

import structlog
from django.db import transaction

from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid
from risk.models import EntityExposure
from risk.queries.entities import entity_key

logger = structlog.get_logger(__name__)


@transaction.atomic
def set_entity_cap(
    *, registration_no: str, cap_minor: int | None, reason: str, actor: str
) -> EntityExposure:
    """Cap a legal entity at `cap_minor` fen over all tenants; None is the platform's cap.

    A cap below what is out stops new drawdowns only. Raises Invalid for an empty credit code, a
    negative cap or no reason.
    """
    key = entity_key(registration_no)
    if not key or (cap_minor is not None and cap_minor < 0) or not reason.strip():
        raise Invalid(field="registration_no" if not key else "cap")
    EntityExposure.objects.bulk_create(
        [EntityExposure(id=ids.new_id("eex"), entity_key=key)], ignore_conflicts=True
    )
    found: EntityExposure = EntityExposure.objects.select_for_update().get(entity_key=key)
    before, found.cap_minor = found.cap_minor, cap_minor
    found.save(update_fields=["cap_minor"])
    logger.info(
        "risk.entity_cap.set", bucket=found.id, before=before, after=cap_minor, actor=actor,
        reason=reason,
    )  # fmt: skip
    return found
