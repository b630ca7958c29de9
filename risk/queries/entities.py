"""What is out with a legal entity over all tenants, known by a keyed hash and no name."""

from collections.abc import Sequence
from typing import Final

from django.db.models import F, Q

from platform_app.kernel import crypto
from platform_app.kernel.scope import current_tenant_id, in_test_mode
from risk.models import EntityCapChange, EntityExposure

SHOWN: Final = 50
_PURPOSE: Final = "entity.registration_no"


def entity_key(registration_no: str) -> str:
    """The key of a unified social credit code; empty where there is none to tell by.

    In a sandbox it is the sandbox's own: what is rehearsed there takes no room of a real firm.
    """
    code = "".join(registration_no.split()).upper()
    if not code:
        return ""
    own = f"{current_tenant_id()}:" if in_test_mode() else ""
    return crypto.platform_index(own + code, purpose=_PURPOSE)


def largest_entities() -> Sequence[EntityExposure]:
    """Those with a cap of their own, then where most is out: fifty at most."""
    rows = EntityExposure.objects.filter(Q(used_minor__gt=0) | Q(cap_minor__isnull=False))
    return list(rows.order_by(F("cap_minor").asc(nulls_last=True), "-used_minor", "id")[:SHOWN])


def cap_changes() -> Sequence[EntityCapChange]:
    """The last fifty changes of caps, what waits for a second person first."""
    rows = EntityCapChange.objects.select_related("exposure")
    return list(
        rows.order_by(F("decided_at").desc(nulls_first=True), "-proposed_at", "-id")[:SHOWN]
    )
