"""Giving and withdrawing consent: each a record of its own, with its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import events
from platform_app.kernel.errors import Invalid
from platform_app.kernel.events import NewEvent
from tenants.errors import ConsentNotGiven
from tenants.models import ConsentRecord, Merchant
from tenants.operations.merchants import lock_merchant
from tenants.queries.consents import consent_text, current_consents
from tenants.queries.tenants import current_tenant
from tenants.values import ConsentText

EVIDENCE: Final = frozenset(
    ["ip", "user_agent", "session", "scroll_ms", "read_ms", "sms_ticket", "signature", "whom"]
)
_LONGEST: Final = 500


@transaction.atomic
def give_consents(
    *,
    merchant_id: str,
    codes: Sequence[str],
    locale: str,
    evidence: Mapping[str, str | int],
    actor: str,
    at: datetime,
) -> list[ConsentRecord]:
    """Record agreement to the current text of each code, in the words shown in `locale`.

    A code agreed to before in exactly these words is answered with that record, unless somebody
    else agrees now (`evidence["whom"]`, a blind index). Raises NotFound, Invalid (a code, locale or
    kind of evidence we do not know; no code).
    """
    kept = _evidence(evidence)
    if not codes:
        raise Invalid(field="codes")
    merchant = lock_merchant(merchant_id)
    given, tenant = current_consents(merchant_id), current_tenant()
    records, fresh = [], []
    for code in dict.fromkeys(codes):
        text = consent_text(code, locale, tenant)
        before = given.get(code)
        is_known = before is not None and before.text_sha256 == text.sha256
        if before is None or not is_known or before.evidence.get("whom") != kept.get("whom"):
            before = _record(merchant, code, text, locale, evidence=kept, actor=actor, at=at)
            fresh.append(before)
        records.append(before)
    _write(fresh, "given")
    return records


@transaction.atomic
def withdraw_consent(
    *,
    merchant_id: str,
    code: str,
    evidence: Mapping[str, str | int],
    actor: str,
    at: datetime,
) -> ConsentRecord:
    """Record that a consent ends. Raises NotFound, Invalid, ConsentNotGiven."""
    kept = _evidence(evidence)
    merchant = lock_merchant(merchant_id)
    given = current_consents(merchant_id).get(code)
    if given is None:
        raise ConsentNotGiven(field="code")
    record = ConsentRecord(
        merchant=merchant,
        code=code,
        version=given.version,
        text_sha256=given.text_sha256,
        locale=given.locale,
        is_given=False,
        evidence=kept,
        actor=actor,
        at=at,
    )
    _write([record], "withdrawn")
    return record


def _record(
    merchant: Merchant, code: str, text: ConsentText, locale: str, **facts: Any
) -> ConsentRecord:
    return ConsentRecord(
        merchant=merchant,
        code=code,
        version=text.version,
        text_sha256=text.sha256,
        locale=locale,
        is_given=True,
        **facts,
    )


def _write(records: list[ConsentRecord], what: str) -> None:
    ConsentRecord.objects.bulk_create(records)
    events.record_all(
        [
            NewEvent(
                name=f"tenants.consent.{what}",
                subject=record.id,
                merchant_id=record.merchant_id,
                actor=record.actor,
                at=record.at,
                props={"code": record.code, "version": record.version},
            )
            for record in records
        ]
    )


def _evidence(said: Mapping[str, str | int]) -> dict[str, str | int]:
    if not set(said) <= EVIDENCE:
        raise Invalid(field="evidence")
    return {
        key: value if isinstance(value, int) else value.replace("\x00", "")[:_LONGEST]
        for key, value in said.items()
    }
