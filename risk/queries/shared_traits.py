"""What one merchant has in common with others, for whoever pays for bringing merchants."""

from collections.abc import Sequence

from django.db.models import Count

from risk.enums import TraitKind
from risk.models import MerchantTrait
from risk.queries.linked import EVIDENCE, MOST_SHARED


def shared_with(merchant_id: str, others: Sequence[str]) -> dict[str, set[TraitKind]]:
    """The kinds of things that each of these others shares with the merchant; three statements.

    Evidence by itself does not count, nor does what more than `MOST_SHARED` merchants have. Whoever
    shares nothing is not in the answer.
    """
    mine = MerchantTrait.objects.filter(merchant_id=merchant_id).exclude(kind__in=EVIDENCE)
    marks = set(mine.values_list("kind", "mark"))
    if not marks:
        return {}
    kinds, signs = zip(*marks, strict=True)
    rows = MerchantTrait.objects.filter(kind__in=set(kinds), mark__in=set(signs))
    counts = {
        (kind, mark): count
        for kind, mark, count in rows.order_by().values_list("kind", "mark").annotate(Count("id"))
    }
    found: dict[str, set[TraitKind]] = {}
    theirs = rows.filter(merchant_id__in=[one for one in others if one != merchant_id])
    for other, kind, mark in theirs.values_list("merchant_id", "kind", "mark"):
        if (kind, mark) in marks and counts[kind, mark] <= MOST_SHARED:
            found.setdefault(other, set()).add(TraitKind(kind))
    return found
