"""What a simulated year left behind: counts, amounts, and every invariant with what breaks it."""

from collections import Counter
from typing import Any

from django.db.models import Count, Sum

from credit.domain.terms import canonical_sha256
from credit.models import Drawdown, LoanEvent, Posting, Repayment
from credit.queries.balances import balances
from credit.queries.business_day import open_day
from credit.queries.plans import derived, difference_from_derived, happenings
from credit.queries.proofs import full_checks
from platform_app.kernel import audit
from risk.operations.decisions import first_broken_link


def event_counts() -> dict[str, int]:
    """Recorded events by kind."""
    rows = LoanEvent.objects.values("kind").annotate(n=Count("id")).order_by("kind")
    return {row["kind"]: row["n"] for row in rows}


def amounts() -> dict[str, int]:
    """What was moved, in fen."""
    events = dict(
        LoanEvent.objects.values_list("kind").annotate(total=Sum("amount_minor")).order_by("kind")
    )
    outstanding = Drawdown.objects.aggregate(total=Sum("outstanding_principal_minor"))["total"]
    allocated = Repayment.objects.aggregate(total=Sum("allocated_minor"))["total"]
    return {
        "captured_fen": int(events.get("capture") or 0),
        "repaid_fen": int(allocated or 0),
        "refunded_fen": int(events.get("refund") or 0),
        "outstanding_fen": int(outstanding or 0),
    }


def checks() -> dict[str, int]:
    """Every invariant, each with how many rows break it: those in SQL, and those by `derive`.

    `stored_equals_derived` compares every drawdown's rows with what its events say;
    `accounts_equal_derived` every account with the sum of what they mean for the books.
    """
    today = open_day()
    found = full_checks(accrued_through=today)
    expected: Counter[str] = Counter()
    differing = 0
    for one in Drawdown.objects.filter(event_count__gt=0).iterator():
        differing += difference_from_derived(one, as_of=today) is not None
        expected.update(balances(derived(one, happenings(one.id), as_of=today)))
    posted = dict(
        Posting.objects.exclude(entry__kind="settlement")
        .values_list("account__code")
        .annotate(total=Sum("amount_minor"))
        .order_by()
    )
    wrong = [code for code in {*expected, *posted} if expected[code] != posted.get(code, 0)]
    found["stored_equals_derived"] = differing
    found["accounts_equal_derived"] = len(wrong)
    found["audit_chain"] = int(audit.first_broken_link() is not None)
    found["decision_chain"] = int(first_broken_link() is not None)
    return found


def fingerprint() -> str:
    """Equal for two runs of one seed: every drawdown's end, without ids."""
    rows: list[Any] = [
        [*map(str, row)]
        for row in Drawdown.objects.order_by("order_no").values_list(
            "order_no", "status", "captured_minor", "outstanding_principal_minor", "event_count",
            "oldest_unpaid_on", "next_event_on", "maturity_on", "paid_off_on",
        )
    ]  # fmt: skip
    return canonical_sha256(rows)
