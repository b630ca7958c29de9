"""What the ledger says happened to drawdowns between two booked days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import Coalesce

from credit.enums import AccountCode, EntryKind
from credit.models import Drawdown, Posting

FIGURES: Final = (
    "opening_minor", "drawn_minor", "principal_minor", "other_minor", "closing_minor",
    "interest_minor", "penalty_minor", "fee_minor", "overpaid_minor", "received_minor",
)  # fmt: skip
# What a repayment brings the merchant's credit for, by account; its bank side is what was received.
_PAID: Final = {
    AccountCode.LOANS: "principal_minor",
    AccountCode.INTEREST_RECEIVABLE: "interest_minor",
    AccountCode.PENALTY_RECEIVABLE: "penalty_minor",
    AccountCode.FEE_RECEIVABLE: "fee_minor",
    AccountCode.OVERPAYMENT: "overpaid_minor",
}

Movements = dict[str, int]


def movements(drawdowns: Sequence[Drawdown], *, from_on: date, to_on: date) -> list[Movements]:
    """The figures of each drawdown, in fen, for entries booked in `from_on … to_on`.

    closing = opening + drawn − principal + other, and received = principal + interest + penalty +
    fee + overpaid: both hold because every entry balances. A reversal takes back what it reverses
    in the figures that had it. `other` is what changed the principal without being drawn or repaid.
    One statement, however many drawdowns.
    """
    found: dict[str, Movements] = defaultdict(lambda: dict.fromkeys(FIGURES, 0))
    sums = (
        Posting.objects.filter(
            entry__drawdown_id__in=[one.id for one in drawdowns], entry__booked_on__lte=to_on
        )
        .annotate(
            is_past=Case(When(entry__booked_on__lt=from_on, then=Value(1)), default=Value(0)),
            of_kind=Coalesce(F("entry__reverses__kind"), F("entry__kind")),
        )
        .values_list("entry__drawdown_id", "of_kind", "account__code", "is_past")
        .annotate(sum=Sum("amount_minor"))
        .order_by()
    )
    for drawdown_id, kind, code, is_past, amount in sums:
        _add(found[drawdown_id], kind, code, amount, is_past=bool(is_past))
    return [_closed(found[one.id]) for one in drawdowns]


def total(rows: Sequence[Movements]) -> Movements:
    """Each figure summed over the rows."""
    return {name: sum(row[name] for row in rows) for name in FIGURES}


def _add(row: Movements, kind: str, code: str, amount: int, *, is_past: bool) -> None:
    if is_past:
        row["opening_minor"] += amount if code == AccountCode.LOANS else 0
    elif kind == EntryKind.REPAYMENT:
        if code in _PAID:
            row[_PAID[AccountCode(code)]] -= amount
        elif code == AccountCode.FUNDING_BANK:
            row["received_minor"] += amount
    elif code == AccountCode.LOANS:
        row["drawn_minor" if kind == EntryKind.CAPTURE else "other_minor"] += amount


def _closed(row: Movements) -> Movements:
    change = row["drawn_minor"] - row["principal_minor"] + row["other_minor"]
    return {**row, "closing_minor": row["opening_minor"] + change}
