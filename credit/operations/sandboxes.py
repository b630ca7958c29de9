"""Opening a sandbox: a platform of its own that starts as the live one stands."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction

from credit.domain.terms import ProductTerms
from credit.enums import ProductStatus
from credit.models import FundingSource, ProductVersion
from credit.operations.launch import launch_tenant
from credit.operations.products import publish_product
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.operations.adoption import Deciding, adopt, in_force
from tenants.models import Tenant
from tenants.operations.sandboxes import lock_live, retire_sandbox, tie_sandbox
from tenants.queries.sandboxes import sandbox_of, sandboxes_count

LENDER: Final = "沙箱资金方"
LENDER_PHONE: Final = "400-000-0000"


@dataclass(frozen=True, slots=True)
class _Offered:
    """What a product is sold as, to be published again elsewhere."""

    code: str
    name: str
    terms: dict[str, Any]
    lowest_rate: Decimal
    highest_rate: Decimal


@transaction.atomic
def open_sandbox(*, actor: str, at: datetime) -> Tenant:
    """The sandbox of the open scope's live platform, opened if it has none.

    Its brand, trade, products in force, scorecard and policy are copied as they stand now; its
    lender is a simulated one, its books begin today. Asked again, the same one. Raises LiveOnly
    inside a sandbox, NoChampion, and CapExceeded or CapUnknown when a product may no longer be
    published.
    """
    live = lock_live()
    present = sandbox_of(live.id)
    return present or _open(live, actor=actor, at=at)


@transaction.atomic
def reset_sandbox(*, actor: str, at: datetime) -> Tenant:
    """Retire the sandbox there is, with its keys, and open a fresh one: books are never emptied.

    Raises what `open_sandbox` raises.
    """
    live = lock_live()
    present = sandbox_of(live.id)
    if present is not None:
        retire_sandbox(sandbox_id=present.id, actor=actor, at=at)
    return _open(live, actor=actor, at=at)


def _open(live: Tenant, *, actor: str, at: datetime) -> Tenant:
    offered, decides = _offered(), in_force()
    number = sandboxes_count(live.id) + 1
    sandbox = launch_tenant(
        slug=f"{live.slug[:40]}-test{number}", name=live.name, vertical=live.vertical,
        lender_name=LENDER, lender_phone=LENDER_PHONE, first_day=clock.day_of(at),
        is_virtual=False, actor=actor, at=at,
    )  # fmt: skip
    with tenant_scope(sandbox.id):
        _publish(offered, decides, actor=actor, at=at)
    return tie_sandbox(sandbox_id=sandbox.id, actor=actor, at=at)


def _offered() -> list[_Offered]:
    rows = ProductVersion.objects.select_related("product").filter(status=ProductStatus.PUBLISHED)
    return [
        _Offered(
            row.product.code, row.product.name, row.terms, row.lowest_rate or Decimal(0),
            row.highest_rate or Decimal(0),
        )
        for row in rows.order_by("product__code")
    ]  # fmt: skip


def _publish(offered: list[_Offered], decides: Deciding, *, actor: str, at: datetime) -> None:
    source = FundingSource.objects.order_by("id")[0]
    adopt(found=decides, actor=actor, at=at)
    for one in offered:
        publish_product(
            code=one.code, name=one.name, terms=ProductTerms.from_json(one.terms),
            funding_source_id=source.id, lowest_rate=one.lowest_rate,
            highest_rate=one.highest_rate, actor=actor, at=at,
        )  # fmt: skip
