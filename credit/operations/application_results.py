"""What an answer makes of an application, whether the policy gave it or a person."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction

from credit.enums import ApplicationStatus
from credit.errors import ApplicationOpen
from credit.models import Application
from credit.operations.offers import make_offer
from platform_app.kernel import clock, events
from risk.enums import Outcome

REAPPLY_DAYS: Final = 90
_STATUS: Final = {
    Outcome.APPROVE: ApplicationStatus.APPROVED,
    Outcome.REFER: ApplicationStatus.IN_REVIEW,
    Outcome.DECLINE: ApplicationStatus.DECLINED,
}
_EVENT: Final = {
    Outcome.APPROVE: "approved",
    Outcome.REFER: "referred",
    Outcome.DECLINE: "declined",
}


def answer(
    application: Application,
    outcome: Outcome,
    *,
    limit_minor: int,
    annual_rate: Decimal,
    term_rates: Mapping[str, str],
    actor: str,
    at: datetime,
) -> None:
    """Give a locked application its answer; make the offer, or say when to apply again.

    Called inside the caller's transaction. Raises ApplicationOpen when another one has been
    submitted since it was declined, and what `make_offer` raises.
    """
    application.decided_at = at
    application.status = _STATUS[outcome]
    application.version += 1
    is_declined = outcome == Outcome.DECLINE
    application.reapply_on = (
        clock.day_of(at) + timedelta(days=REAPPLY_DAYS) if is_declined else None
    )
    try:
        with transaction.atomic():
            application.save(
                update_fields=["decision", "decided_at", "status", "version", "reapply_on"]
            )
    except IntegrityError as error:
        raise ApplicationOpen from error
    if outcome == Outcome.APPROVE:
        make_offer(
            application=application, limit_minor=limit_minor, annual_rate=annual_rate,
            term_rates=term_rates, at=at,
        )  # fmt: skip
    events.record(
        f"credit.application.{_EVENT[outcome]}",
        subject=application.id, merchant_id=application.merchant_id, actor=actor, at=at,
        props={"limit_minor": limit_minor, "version": application.version},
    )  # fmt: skip
