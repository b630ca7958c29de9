"""Acts that wait for a second person, and what became of them."""

from django.db.models import QuerySet

from credit.enums import ApprovalStatus
from credit.errors import ApprovalNotFound
from credit.models import Approval


def list_approvals(*, status: str = "", kind: str = "") -> QuerySet[Approval]:
    """Requests with drawdown and merchant, newest first."""
    rows: QuerySet[Approval] = Approval.objects.select_related("drawdown__merchant")
    if status:
        rows = rows.filter(status=status)
    if kind:
        rows = rows.filter(kind=kind)
    return rows


def waiting_on(drawdown_id: str) -> list[Approval]:
    """What waits for a second person on one drawdown."""
    return list(
        Approval.objects.filter(drawdown_id=drawdown_id, status=ApprovalStatus.PENDING).order_by(
            "id"
        )
    )


def approval(approval_id: str) -> Approval:
    """One request. Raises ApprovalNotFound."""
    try:
        found = list_approvals().filter(pk=approval_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ApprovalNotFound
    return found
