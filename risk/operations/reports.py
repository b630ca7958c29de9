"""Asking outside parties about a merchant: once a day at most, never without consent.

Asking happens between two transactions: the first writes down that we ask, the second what was
answered. A process that dies in between leaves a request that is asked again with the same key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import structlog
from django.db import transaction

from platform_app.kernel import audit, clock, crypto, events
from platform_app.kernel.errors import gettext_noop
from risk.domain.canonical import sha256
from risk.domain.report_facts import Unreadable, facts_in
from risk.enums import ReportKind, ReportOutcome
from risk.errors import ReportConsentMissing, ReportSourceInvalid
from risk.gateways.http_reports import HttpReports
from risk.gateways.reports import InProcessReports, ReportAnswer, ReportGateway, ReportOrder
from risk.models import Report, ReportRequest, ReportSource
from tenants.enums import ConsentCode
from tenants.models import Merchant
from tenants.queries.consents import current_consents, missing_consents
from tenants.queries.merchants import merchant as find_merchant
from tenants.queries.modes import rehearses

SECRET: Final = "risk.report_source.secret"  # noqa: S105 -- a purpose, not a secret
LONGEST_DAYS: Final = 366
_OPEN: Final = {ReportOutcome.PENDING, ReportOutcome.UNKNOWN}
SIMULATED: Final = InProcessReports()

Gateways = Callable[[ReportSource], ReportGateway]
logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Errand:
    request_id: str
    gateway: ReportGateway
    order: ReportOrder


def gateway_of(source: ReportSource) -> ReportGateway:
    """How a source is talked to. A virtual platform never talks to anybody outside."""
    if rehearses() or not source.url:
        return SIMULATED
    return HttpReports(
        url=source.url,
        key_id=source.key_id,
        secret=crypto.unseal(bytes(source.secret_sealed or b""), purpose=SECRET),
    )


@transaction.atomic
def set_report_source(
    *,
    kind: ReportKind,
    name: str,
    url: str,
    key_id: str,
    secret: str,
    kept_days: int,
    actor: str,
    at: datetime,
) -> ReportSource:
    """Say who is asked for a kind of report; the one before is replaced. Audited.

    Without an address it answers from this process, which only a virtual platform may rely on. The
    secret is sealed and never shown again; left empty it stays. Raises ReportSourceInvalid.
    """
    row, _ = ReportSource.objects.select_for_update().get_or_create(
        kind=kind, defaults={"name": name, "kept_days": max(kept_days, 1)}
    )
    _check(name, url, key_id, secret or row.secret_sealed, kept_days)
    row.name, row.url, row.key_id, row.kept_days = name.strip(), url.rstrip("/"), key_id, kept_days
    if secret:
        row.secret_sealed = crypto.seal(secret, purpose=SECRET)
    row.is_active = True
    row.save()
    audit.record(
        actor=actor, action="risk.report_source.set", subject=row.id, at=at,
        after={"kind": str(kind), "name": row.name, "url": row.url, "key_id": key_id,
               "kept_days": kept_days},
    )  # fmt: skip
    return row


@transaction.atomic
def simulate_report_source(
    *, kind: ReportKind, name: str, kept_days: int, actor: str, at: datetime
) -> ReportSource:
    """Have a demonstration's party answer from this process, in place of the one before. Audited.

    No page leads here.
    """
    row, _ = ReportSource.objects.update_or_create(
        kind=kind,
        defaults={"name": name, "url": "", "key_id": "", "secret_sealed": None,
                  "kept_days": kept_days, "is_active": True},
    )  # fmt: skip
    audit.record(
        actor=actor, action="risk.report_source.simulate", subject=row.id, at=at,
        after={"kind": str(kind), "name": name},
    )  # fmt: skip
    return row


@transaction.atomic
def stop_report_source(*, kind: ReportKind, actor: str, at: datetime) -> None:
    """Ask this party no more; what it said goes on counting until it expires. Audited."""
    for row in ReportSource.objects.select_for_update().filter(kind=kind, is_active=True):
        row.is_active = False
        row.save(update_fields=["is_active"])
        audit.record(actor=actor, action="risk.report_source.stop", subject=row.id, at=at)


def fetch_reports(
    *, merchant_id: str, actor: str, at: datetime, gateways: Gateways = gateway_of
) -> list[ReportRequest]:
    """Ask every active source that has no report in force; return today's requests.

    A party that was asked today and gave a clear answer is not asked again; an unclear one is, with
    the same key. Must run outside a transaction. Raises NotFound, ReportConsentMissing.
    """
    errands, done = _set_out(merchant_id, gateways, actor, at)
    return done + [_store(one.request_id, one.gateway.fetch(one.order), at) for one in errands]


@transaction.atomic
def _set_out(
    merchant_id: str, gateways: Gateways, actor: str, at: datetime
) -> tuple[list[_Errand], list[ReportRequest]]:
    merchant, day = find_merchant(merchant_id), clock.day_of(at)
    sources = list(ReportSource.objects.filter(is_active=True).order_by("kind"))
    in_force = set(
        Report.objects.filter(merchant=merchant, known_at__lte=at, expires_on__gt=day)
        .values_list("kind", flat=True)
    )  # fmt: skip
    wanted = [source for source in sources if source.kind not in in_force]
    if not wanted:
        return [], []
    if missing_consents(merchant_id, [ConsentCode.BUREAU_QUERY]):  # also one to former words
        raise ReportConsentMissing
    consent = current_consents(merchant_id)[ConsentCode.BUREAU_QUERY]
    errands, done = [], []
    for source in wanted:
        row, is_new = ReportRequest.objects.get_or_create(
            merchant=merchant, source=source, on=day,
            defaults={"consent": consent, "asked_by": actor, "asked_at": at},
        )  # fmt: skip
        if row.outcome not in _OPEN:
            done.append(row)
            continue
        if is_new:
            events.record(
                "risk.report.requested", subject=row.id, merchant_id=merchant_id, actor=actor,
                at=at, props={"kind": str(source.kind), "consent": consent.id},
            )  # fmt: skip
        order = _order(row, merchant, ReportKind(source.kind), consent.text_sha256)
        errands.append(_Errand(row.id, gateways(source), order))
    return errands, done


def _order(
    row: ReportRequest, merchant: Merchant, kind: ReportKind, consent_sha256: str
) -> ReportOrder:
    return ReportOrder(
        key=row.id, on=row.on, kind=kind, registration_no=merchant.registration_no,
        consent_id=row.consent_id, consent_sha256=consent_sha256,
    )  # fmt: skip


@transaction.atomic
def _store(request_id: str, answer: ReportAnswer, at: datetime) -> ReportRequest:
    """Write down what was said; a second answer to the same request changes nothing."""
    row = (
        ReportRequest.objects.select_for_update(of=("self",))
        .select_related("source")
        .get(pk=request_id)
    )
    if row.outcome not in _OPEN:
        return row
    row.outcome, row.detail, row.answered_at = answer.outcome, answer.detail, at
    if answer.outcome == ReportOutcome.FOUND:
        row.outcome, row.detail = _keep(row, answer, at)
    row.save(update_fields=["outcome", "detail", "answered_at"])
    logger.info("risk.report", request=row.id, outcome=str(row.outcome), detail=row.detail)
    return row


def _keep(row: ReportRequest, answer: ReportAnswer, at: datetime) -> tuple[ReportOutcome, str]:
    """Keep the facts of a report we can read, and that is neither of tomorrow nor too old."""
    kind, day = ReportKind(row.source.kind), clock.day_of(at)
    try:
        facts = facts_in(kind, answer.values)
    except Unreadable as fault:
        return ReportOutcome.UNKNOWN, f"unreadable: {fault}"
    kept = timedelta(days=row.source.kept_days)
    if answer.on is None or not day - kept < answer.on <= day:
        return ReportOutcome.UNKNOWN, f"of {answer.on}"
    Report.objects.create(
        request=row, merchant_id=row.merchant_id, kind=kind, event_on=answer.on, known_at=at,
        expires_on=answer.on + kept, facts=facts, facts_sha256=sha256(facts),
    )  # fmt: skip
    return ReportOutcome.FOUND, ""


def _check(name: str, url: str, key_id: str, secret: object, kept_days: int) -> None:
    parts = urlsplit(url)
    if not name.strip():
        raise ReportSourceInvalid(field="name", reason=gettext_noop("it needs a name"))
    if not 1 <= kept_days <= LONGEST_DAYS:
        reason = gettext_noop("a report counts for one to 366 days")
        raise ReportSourceInvalid(field="kept_days", reason=reason)
    if not url:
        if not rehearses():
            reason = gettext_noop("only a demonstration can do without an address")
            raise ReportSourceInvalid(field="url", reason=reason)
        return
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.query:
        reason = gettext_noop("the address must be https, without a name or a query in it")
        raise ReportSourceInvalid(field="url", reason=reason)
    if not (key_id.strip() and secret):
        reason = gettext_noop("a channel needs a key and its secret")
        raise ReportSourceInvalid(field="key_id", reason=reason)
