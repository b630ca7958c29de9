"""What happened to a drawdown, and what was undone."""

from credit.models import LoanEvent


def reversals(drawdown_id: str) -> tuple[dict[int, str], dict[int, str]]:
    """The event that undid each undone `seq`, and the event of every `seq`, by id.

    A reversal that was itself reversed undoes nothing.
    """
    rows = LoanEvent.objects.filter(drawdown_id=drawdown_id).order_by("-seq")
    ids: dict[int, str] = {}
    undone: dict[int, str] = {}
    for seq, event_id, details in rows.values_list("seq", "id", "details"):
        ids[seq] = event_id
        reverses = details.get("reverses")
        if reverses is not None and seq not in undone:
            undone[reverses] = event_id
    return undone, ids
