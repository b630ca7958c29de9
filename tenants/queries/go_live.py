"""What was seen of a platform's integration, in one statement."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import current_tenant_id
from tenants.domain.go_live import CHECKS, GoLiveFacts, passed
from tenants.enums import DeliveryStatus, EndpointStatus, KeyAlgorithm
from tenants.models import (
    ApiRequest,
    Credential,
    Tenant,
    TradeOrder,
    WebhookAttempt,
    WebhookDelivery,
)

FRESH: Final = timedelta(days=1)
ENTRY: Final = "/api/v1/entry"
FILE: Final = "/api/v1/reconciliation_files/{file_id}/content"
# Once a bureau is connected nothing else signs: there is no way back to test certificates.
BUREAU: Final = "signingauthority.connect"
_GOOD: Final = Q(status__lt=300)


def go_live_facts(*, at: datetime) -> GoLiveFacts:
    """The facts of the scope's platform. Raises NoScope."""
    origins = Q(embed_origins__len__gt=0)
    row = (
        Tenant.objects.filter(pk=current_tenant_id())
        .annotate(
            signed=Exists(_requests(is_verified=True, status__lt=400)),
            signature_fixed=Exists(_requests(is_verified=True, at__gt=_first_bad())),
            rsa_key=Exists(_rsa_keys(at)),
            orders=Exists(TradeOrder.objects.all()),
            entry_asked=Exists(_requests(_GOOD, route=ENTRY)),
            captured=_happened("credit.drawdown.captured"),
            repaid=_happened("credit.repayment.succeeded"),
            canceled=_happened("credit.drawdown.canceled"),
            refunded=_happened("credit.drawdown.refund"),
            replayed=Exists(_requests(is_replayed=True)),
            delivered_today=Exists(_delivered(at)),
            redelivered=Exists(
                WebhookAttempt.objects.filter(
                    attempt_no__gt=1, status_code__gte=200, status_code__lt=300
                )
            ),
            file_fetched=Exists(_requests(_GOOD, route=FILE)),
            bureau_connected=Exists(AuditRecord.objects.filter(action=BUREAU)),
            origins=Exists(Tenant.objects.filter(origins, pk=OuterRef("pk"))),
        )
        .values(*GoLiveFacts.__dataclass_fields__)
        .get()
    )
    return GoLiveFacts(**row)


def unseen_checks(*, at: datetime) -> int:
    """How many of the checks before going live the scope's platform has yet to show."""
    return len(CHECKS) - len(passed(go_live_facts(at=at)))


def _requests(*wanted: Q, **conditions: Any) -> QuerySet[Any]:
    return ApiRequest.objects.filter(*wanted, **conditions)


def _first_bad() -> Subquery:
    """When a wrong signature was refused first."""
    bad = ApiRequest.objects.filter(code="signature_invalid").order_by("at")
    return Subquery(bad.values("at")[:1])


def _rsa_keys(at: datetime) -> QuerySet[Any]:
    ends = Q(not_after=None) | Q(not_after__gt=at)
    rows = Credential.objects.filter(ends, algorithm=KeyAlgorithm.RSA, not_before__lte=at)
    return rows.filter(revoked_at=None)


def _happened(name: str) -> Exists:
    return Exists(Event.objects.filter(name=name))


def _delivered(at: datetime) -> QuerySet[Any]:
    """Taken within a day by an endpoint that is on and has not failed since."""
    rows = WebhookDelivery.objects.filter(
        status=DeliveryStatus.DELIVERED, delivered_at__gt=at - FRESH
    )
    return rows.filter(endpoint__status=EndpointStatus.ACTIVE, endpoint__failing_since=None)
