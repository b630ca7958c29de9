"""Taking on a platform, whole: tenant, risk defaults, books, product."""

from datetime import date, datetime

from django.db import transaction

from credit.models import ProductVersion
from credit.operations.products import open_books, publish_product, standard_terms
from platform_app.kernel.tenancy import tenant_scope
from risk.operations.policies import install_defaults
from risk.queries.champions import price_by_grade
from tenants.models import Tenant
from tenants.operations.tenants import create_tenant
from tenants.queries.tenants import vertical as vertical_preset

ORDER_CREDIT = "order_credit"
EXPOSURE_CAP_MINOR = 100_000_000_000


@transaction.atomic
def launch_tenant(  # noqa: PLR0913 -- all a platform is taken on with, each by its name
    *,
    slug: str,
    name: str,
    vertical: str,
    lender_name: str,
    lender_phone: str,
    first_day: date,
    is_virtual: bool,
    actor: str,
    at: datetime,
) -> Tenant:
    """Create a tenant from its vertical's preset, ready to lend: needs no scope, opens its own.

    Books open on `first_day` (the first business date). Raises UnknownVertical, SlugTaken.
    """
    preset = vertical_preset(vertical)
    tenant = create_tenant(
        slug=slug, name=name, vertical=vertical, is_virtual=is_virtual,
        lender_name=lender_name, lender_phone=lender_phone, actor=actor, at=at,
    )  # fmt: skip
    with tenant_scope(tenant.id):
        install_defaults(
            collection_days=preset.collection_days,
            stock_days=preset.stock_days,
            supplier_days=preset.supplier_days,
            margin_rate=preset.margin_rate,
            financed_share=preset.financed_share,
            max_limit_minor=preset.max_limit_minor,
            exposure_cap_minor=EXPOSURE_CAP_MINOR,
            actor=actor,
            at=at,
        )
        source = open_books(
            first_day=first_day, lender_name=lender_name, licence_type="microloan",
            complaint_phone=lender_phone, actor=actor, at=at,
        )  # fmt: skip
        _publish(preset.term_options, preset.interest_free_days, preset.grace_days, source.id,
                 actor, at)  # fmt: skip
    return tenant


def _publish(
    option_codes: tuple[str, ...], free_days: int, grace_days: int, source_id: str, actor: str,
    at: datetime,
) -> ProductVersion:  # fmt: skip
    prices = price_by_grade().values()
    return publish_product(
        code=ORDER_CREDIT,
        name="采购白条",
        terms=standard_terms(
            option_codes=list(option_codes), interest_free_days=free_days, grace_days=grace_days
        ),
        funding_source_id=source_id,
        lowest_rate=min(prices),
        highest_rate=max(prices),
        actor=actor,
        at=at,
    )
