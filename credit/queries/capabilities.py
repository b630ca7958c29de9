"""What a platform's integration can do, from what is really set: three statements."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from credit.domain.capabilities import CapabilityFacts, Standing, standings
from credit.enums import FundingStatus, ProductStatus, SigningChannel
from credit.models import FundingSource, ProductVersion, SigningAuthority
from platform_app.kernel.scope import current_tenant_id
from tenants.enums import EndpointStatus, KeyAlgorithm, TenantMode, TenantStatus
from tenants.models import Tenant, TradeOrder, WebhookEndpoint
from tenants.queries.credentials import keys_in_force
from tenants.queries.go_live import unseen_checks

_SEEN: Final = (
    "is_sandbox", "has_sandbox", "is_active", "is_product_published", "is_lender_active",
    "has_orders", "has_origins", "has_endpoint", "is_bureau_connected", "has_face_check",
)  # fmt: skip


def capabilities(*, at: datetime, scopes: frozenset[str] | None = None) -> list[Standing]:
    """Every capability of the scope's platform as it stands. Raises NoScope.

    `scopes` are those of the key that asks; without them, those of all keys in force count.
    """
    keys = list(keys_in_force(at).values_list("algorithm", "scopes"))
    own = frozenset(name for _, names in keys for name in names) if scopes is None else scopes
    return standings(
        CapabilityFacts(
            scopes=own,
            has_rsa_key=any(algorithm == KeyAlgorithm.RSA for algorithm, _ in keys),
            is_sm2_offered=settings.SM2,
            unseen_count=unseen_checks(at=at),
            **_seen(),
        )
    )


def _seen() -> dict[str, Any]:
    this = Tenant.objects.filter(pk=OuterRef("pk"))
    endpoints = WebhookEndpoint.objects.filter(status=EndpointStatus.ACTIVE)
    bureaus = SigningAuthority.objects.filter(is_active=True, channel=SigningChannel.BUREAU)
    sandboxes = Tenant.objects.filter(live_tenant_id=OuterRef("pk"), status=TenantStatus.ACTIVE)
    row: dict[str, Any] = (
        Tenant.objects.filter(pk=current_tenant_id())
        .annotate(
            is_sandbox=Exists(this.filter(mode=TenantMode.TEST)),
            has_sandbox=Exists(sandboxes),
            is_active=Exists(this.filter(status=TenantStatus.ACTIVE)),
            is_product_published=Exists(
                ProductVersion.objects.filter(status=ProductStatus.PUBLISHED)
            ),
            is_lender_active=Exists(FundingSource.objects.filter(status=FundingStatus.ACTIVE)),
            has_orders=Exists(TradeOrder.objects.all()),
            has_origins=Exists(this.filter(Q(embed_origins__len__gt=0))),
            has_endpoint=Exists(endpoints),
            is_bureau_connected=Exists(bureaus),
            has_face_check=Exists(this.filter(face_check_from_minor__isnull=False)),
        )
        .values(*_SEEN)
        .get()
    )
    return row
