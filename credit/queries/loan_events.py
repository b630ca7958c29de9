"""What happened to a drawdown, why, and what was undone."""

from collections.abc import Sequence
from typing import Any, Final

from credit.models import Approval, CostSheet, Drawdown, LoanEvent
from platform_app.kernel.models import AuditRecord

# In statements about loan events `v`: what a reversal undid does not stand.
STANDING: Final = """NOT EXISTS (
    SELECT 1 FROM credit_loanevent u WHERE u.tenant_id = v.tenant_id
      AND u.drawdown_id = v.drawdown_id AND u.kind = 'reversal'
      AND (u.details->>'reverses')::int = v.seq)"""


def reversals(drawdown_id: str) -> tuple[dict[int, str], dict[int, str]]:
    """The event that undid each undone `seq`, and the event of every `seq`, by id."""
    rows = LoanEvent.objects.filter(drawdown_id=drawdown_id).order_by("seq")
    found = list(rows.values_list("seq", "id", "details"))
    return undone_by([(seq, event_id, details) for seq, event_id, details in found]), {
        seq: event_id for seq, event_id, _ in found
    }


def undone_by(events: Sequence[tuple[int, str, dict[str, Any]]]) -> dict[int, str]:
    """The id of what undid each undone `seq`. A reversal itself reversed undoes nothing."""
    undone: dict[int, str] = {}
    for seq, event_id, details in sorted(events, reverse=True, key=lambda one: one[0]):
        reverses = details.get("reverses")
        if reverses is not None and seq not in undone:
            undone[reverses] = event_id
    return undone


def loan_events(drawdown_id: str) -> list[LoanEvent]:
    """Everything that happened to a drawdown, in order of booking."""
    return list(LoanEvent.objects.filter(drawdown_id=drawdown_id).order_by("seq"))


def signed_fees(drawdown_id: str) -> list[tuple[str, str]]:
    """Code and name of the fees the signed cost sheet lists, interest and penalty aside."""
    sheet = CostSheet.objects.filter(
        pk__in=Drawdown.objects.filter(pk=drawdown_id).values("line__offer__cost_sheet")
    ).first()
    items = [*sheet.body["items"], *sheet.body["contingent"]] if sheet else []
    return [
        (item["code"], item.get("name") or item["code"])
        for item in items
        if item["code"] not in {"interest", "penalty"}
    ]


def is_booked(kind: str, key: str) -> bool:
    """Whether an act of this kind was done, or asked for, under this key."""
    return (
        LoanEvent.objects.filter(kind=kind, key=key).exists()
        or Approval.objects.filter(kind=kind, key=key).exists()
    )


def reasons(drawdown_id: str) -> dict[str, str]:
    """Why acts were done, by the id of their event, from the audit chain."""
    rows = AuditRecord.objects.filter(subject=drawdown_id).exclude(reason="")
    return {
        after["event"]: reason
        for after, reason in rows.values_list("after", "reason")
        if "event" in after
    }
