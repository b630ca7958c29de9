"""The most one merchant may use and hold across all its lines."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from credit.errors import MerchantCapReached
from credit.models import CreditLine, MerchantCap
from platform_app.kernel import audit, events
from platform_app.kernel.errors import Invalid
from tenants.queries.merchants import merchant as find_merchant


@transaction.atomic
def set_merchant_cap(
    *, merchant_id: str, cap_minor: int | None, reason: str, actor: str, at: datetime
) -> MerchantCap | None:
    """Cap a merchant at `cap_minor` fen over all lines; None lifts the cap.

    A cap below what is used blocks new drawdowns only. Raises NotFound, Invalid.
    """
    find_merchant(merchant_id)
    if cap_minor is not None and cap_minor < 0:
        raise Invalid(field="cap")
    found = MerchantCap.objects.select_for_update().filter(merchant_id=merchant_id).first()
    before = found.cap_minor if found else None
    if before == cap_minor:
        return found
    if cap_minor is None:
        MerchantCap.objects.filter(merchant_id=merchant_id).delete()
        cap = None
    else:
        cap, _ = MerchantCap.objects.update_or_create(
            merchant_id=merchant_id, defaults={"cap_minor": cap_minor}
        )
    name = "credit.merchant_cap.changed"
    events.record(
        name, subject=merchant_id, merchant_id=merchant_id, actor=actor, at=at,
        props={"cap_minor": cap_minor},
    )  # fmt: skip
    audit.record(
        actor=actor, action=name, subject=merchant_id, at=at, reason=reason,
        before={"cap_minor": before}, after={"cap_minor": cap_minor},
    )  # fmt: skip
    return cap


def check_merchant_cap(line: CreditLine, amount_minor: int) -> None:
    """Hold the merchant's cap, if it has one, and see that `amount_minor` more fits under it.

    The line is locked already. Raises MerchantCapReached.
    """
    cap = (
        MerchantCap.objects.select_for_update()
        .filter(merchant_id=line.merchant_id)
        .values_list("cap_minor", flat=True)
        .first()
    )
    if cap is None:
        return
    lines = CreditLine.objects.filter(merchant_id=line.merchant_id)
    taken = lines.aggregate(total=Sum(F("used_minor") + F("held_minor")))["total"]
    if taken + amount_minor > cap:
        raise MerchantCapReached(
            field="amount", available_minor=max(0, cap - taken), needed_minor=amount_minor
        )
