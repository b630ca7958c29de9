"""A platform is told thirty, seven and one days before a key of its ends, once each."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platform_app.kernel import clock, events
from tenants.models import Credential

NAME: Final = "tenants.key.expiring"
DAYS_BEFORE: Final = (1, 7, 30)


def tell_ends(*, actor: str, at: datetime) -> int:
    """Tell the platform of the open scope which of its keys end soon; returns how many events.

    A key is told of at each threshold once, at the nearest one only if several have passed.
    """
    soon = Credential.objects.filter(
        revoked_at=None,
        awaits_second=False,
        not_after__gt=at,
        not_after__lte=at + timedelta(days=DAYS_BEFORE[-1]),
    )
    return sum(
        _tell(key_id, actor=actor, at=at)
        for key_id in soon.order_by("id").values_list("id", flat=True)
    )


@transaction.atomic
def _tell(key_id: str, *, actor: str, at: datetime) -> int:
    key: Credential = Credential.objects.select_for_update().get(pk=key_id)
    if key.revoked_at is not None or key.not_after is None or key.not_after <= at:
        return 0
    left = key.not_after - at
    days = next((days for days in DAYS_BEFORE if left <= timedelta(days=days)), None)
    if days is None or (key.end_told_days is not None and key.end_told_days <= days):
        return 0
    key.end_told_days = days
    key.save(update_fields=["end_told_days"])
    successor = Credential.objects.filter(former=key).values_list("id", flat=True).first()
    events.record(
        NAME,
        subject=key.id,
        actor=actor,
        at=at,
        props={
            "label": key.label, "algorithm": str(key.algorithm), "days": days,
            "not_after": key.not_after.astimezone(clock.SHANGHAI).isoformat(),
            "successor": successor,
        },
    )  # fmt: skip
    return 1
