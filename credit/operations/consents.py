"""Consents of a merchant that has a line: without all of them nothing new is drawn on it.

What is owed goes on as agreed, and so does what was held before.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from credit.enums import LineStatus, SuspensionReason
from credit.models import CreditLine
from credit.operations.applications import NEEDED_CONSENTS
from credit.operations.lines import resume_line, suspend_line
from tenants.models import ConsentRecord
from tenants.operations.consents import give_consents, withdraw_consent
from tenants.queries.consents import missing_consents


@transaction.atomic
def end_consent(
    *, merchant_id: str, code: str, evidence: Mapping[str, str | int], actor: str, at: datetime
) -> ConsentRecord:
    """Withdraw a consent; one that every line needs suspends the merchant's active lines.

    Raises NotFound, Invalid, ConsentNotGiven.
    """
    record = withdraw_consent(
        merchant_id=merchant_id, code=code, evidence=evidence, actor=actor, at=at
    )
    needing = _lines(merchant_id, status=LineStatus.ACTIVE) if code in NEEDED_CONSENTS else []
    for line_id in needing:
        suspend_line(
            line_id=line_id, because=SuspensionReason.CONSENT, reason=code, actor=actor, at=at
        )
    return record


@transaction.atomic
def renew_consents(
    *,
    merchant_id: str,
    codes: Sequence[str],
    locale: str,
    evidence: Mapping[str, str | int],
    actor: str,
    at: datetime,
) -> list[ConsentRecord]:
    """Give consents again; with all of them there, lines that waited for it can be drawn on.

    A line that is suspended for another reason stays so. Raises NotFound, Invalid.
    """
    records = give_consents(
        merchant_id=merchant_id, codes=codes, locale=locale, evidence=evidence, actor=actor, at=at
    )
    if not missing_consents(merchant_id, NEEDED_CONSENTS):
        waiting = {"status": LineStatus.SUSPENDED, "status_reason": SuspensionReason.CONSENT}
        for line_id in _lines(merchant_id, **waiting):
            resume_line(line_id=line_id, reason=", ".join(codes), actor=actor, at=at)
    return records


def _lines(merchant_id: str, **which: str) -> list[str]:
    rows = CreditLine.objects.filter(merchant_id=merchant_id, **which)
    return list(rows.order_by("id").values_list("id", flat=True))
