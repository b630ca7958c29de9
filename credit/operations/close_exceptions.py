"""What happens to a drawdown that a close left behind: signed off, repaired."""

from datetime import date, datetime, timedelta

from django.db import transaction

from credit.enums import CloseExceptionStatus, EntryKind
from credit.errors import CloseExceptionNotFound
from credit.models import CloseException, Drawdown
from credit.operations.accruals import accrue
from credit.operations.aging import Share, age
from credit.operations.booking import wait_for_close
from credit.queries.business_day import open_day_for_booking
from credit.queries.drawdowns import locked_drawdown
from platform_app.kernel import audit, events


@transaction.atomic
def sign_off_exception(*, exception_id: str, note: str, actor: str, at: datetime) -> CloseException:
    """Let days close without this drawdown until it is repaired; `note` says why.

    Signing off twice changes nothing. Raises CloseExceptionNotFound.
    """
    exception = _locked(exception_id)
    if exception.status == CloseExceptionStatus.OPEN:
        exception.status = CloseExceptionStatus.SIGNED_OFF
        exception.signed_off_by, exception.note = actor, note
        exception.save(update_fields=["status", "signed_off_by", "note"])
        audit.record(
            actor=actor, action="credit.close.exception_signed_off", subject=exception.id, at=at,
            reason=note, after={"drawdown": exception.drawdown_id},
        )  # fmt: skip
    return exception


@transaction.atomic
def repair_close(*, exception_id: str, actor: str, at: datetime) -> CloseException:
    """Do the missed days for the drawdown, in order, booked on the open day.

    Fails with the close's own error while the cause is still there, and then nothing has moved.
    Raises CloseExceptionNotFound, DayBeingClosed.
    """
    drawdown_id = (
        CloseException.objects.filter(pk=exception_id).values_list("drawdown_id", flat=True).first()
    )
    if drawdown_id is None:
        raise CloseExceptionNotFound
    locked_drawdown(drawdown_id)
    exception = _locked(exception_id)
    day = open_day_for_booking()
    wait_for_close()
    _catch_up(exception, day, at)
    Drawdown.objects.filter(pk=drawdown_id).update(lags_since=None)
    exception.status, exception.resolved_at = CloseExceptionStatus.REPAIRED, at
    exception.save(update_fields=["status", "resolved_at"])
    audit.record(
        actor=actor, action="credit.close.exception_repaired", subject=exception.id, at=at,
        after={"drawdown": drawdown_id, "on": exception.on.isoformat()},
    )  # fmt: skip
    events.record(
        "credit.close.exception_repaired", subject=exception.id, actor=actor, at=at,
        props={"drawdown": drawdown_id},
    )  # fmt: skip
    return exception


def _catch_up(exception: CloseException, day: date, at: datetime) -> None:
    missed = exception.on
    while missed < day:
        share = Share(day=missed, only=[exception.drawdown_id], booked_on=day)
        missed += timedelta(days=1)
        age(share, at=at)
        accrue(share, until=missed, lagging=[], kind=EntryKind.ADJUSTMENT, at=at)


def _locked(exception_id: str) -> CloseException:
    found = (
        CloseException.objects.select_for_update()
        .exclude(status=CloseExceptionStatus.REPAIRED)
        .filter(pk=exception_id)
        .first()
    )
    if found is None:
        raise CloseExceptionNotFound
    return found
