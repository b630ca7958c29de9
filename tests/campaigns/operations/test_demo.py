"""What the demo shows of joint operation was done through the operations."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from campaigns.models import (
    Attribution,
    Coupon,
    FollowUp,
    PoolImport,
    PoolMember,
    Referral,
    Salesperson,
    Ticket,
)
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.tenants import set_embed_origins
from tests.credit import lives


def counted() -> dict[str, int]:
    tables = (
        Attribution, Coupon, FollowUp, PoolImport, PoolMember, Referral, Salesperson, Ticket,
    )  # fmt: skip
    return {table.__name__: table.objects.count() for table in tables}


def test_each_part_has_something_and_a_second_run_adds_nothing(
    tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        set_embed_origins(origins=["https://shop.example"], actor="x", at=at)
        for number in range(3):
            lives.line_of(lives.merchant_with_trade(f"M-{number}", at), at)
    with clock.travel(at):
        for _ in range(2):
            call_command("demo_customers", tenant=tenant.slug)
            with tenant_scope(tenant.id):
                assert counted() == {
                    "Attribution": 3, "Coupon": 3, "FollowUp": 2, "PoolImport": 1,
                    "PoolMember": 15, "Referral": 1, "Salesperson": 3, "Ticket": 3,
                }  # fmt: skip
                assert PoolImport.objects.get().error_count == 1
                assert PoolMember.objects.filter(status="active").count() == 3


def test_a_platform_nobody_knows(db: None) -> None:
    with pytest.raises(CommandError, match="no platform"):
        call_command("demo_customers", tenant="nobody")
