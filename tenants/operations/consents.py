"""Giving and withdrawing consent: each a record of its own, with its evidence."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import events
from platform_app.kernel.errors import Invalid
from tenants.errors import ConsentNotGiven
from tenants.models import ConsentRecord, Merchant
from tenants.operations.merchants import lock_merchant
from tenants.queries.consents import consent_text, current_consents

EVIDENCE: Final = frozenset(
    ["ip", "user_agent", "session", "scroll_ms", "read_ms", "sms_ticket", "signature"]
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

    A code agreed to before in exactly these words is answered with that record. Raises NotFound,
    Invalid (a code, locale or kind of evidence we do not know; no code).
    """
    kept = _evidence(evidence)
    if not codes:
        raise Invalid(field="codes")
    merchant = lock_merchant(merchant_id)
    given = current_consents(merchant_id)
    return [
        _give(merchant, code, locale, given.get(code), evidence=kept, actor=actor, at=at)
        for code in dict.fromkeys(codes)
    ]


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
    return _write(record, "withdrawn")


def _give(
    merchant: Merchant, code: str, locale: str, given: ConsentRecord | None, **facts: Any
) -> ConsentRecord:
    text = consent_text(code, locale)
    if given is not None and given.text_sha256 == text.sha256:
        return given
    record = ConsentRecord(
        merchant=merchant,
        code=code,
        version=text.version,
        text_sha256=text.sha256,
        locale=locale,
        is_given=True,
        **facts,
    )
    return _write(record, "given")


def _write(record: ConsentRecord, what: str) -> ConsentRecord:
    record.save(force_insert=True)
    events.record(
        f"tenants.consent.{what}",
        subject=record.id,
        merchant_id=record.merchant_id,
        actor=record.actor,
        at=record.at,
        props={"code": record.code, "version": record.version},
    )
    return record


def _evidence(said: Mapping[str, str | int]) -> dict[str, str | int]:
    if not set(said) <= EVIDENCE:
        raise Invalid(field="evidence")
    return {
        key: value if isinstance(value, int) else value.replace("\x00", "")[:_LONGEST]
        for key, value in said.items()
    }
