"""A platform that lends, for benches: its merchants have lines, and its books are open."""

import platform
import secrets
from datetime import date, datetime, timedelta
from typing import Any

import django
from django.core.management.base import CommandError
from django.db import connection

from credit.models import CreditLine, Offer
from credit.operations.applications import NEEDED_CONSENTS, decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT, launch_tenant
from credit.operations.offers import accept_offer, start_reading
from platform_app.kernel import clock
from tenants.models import Merchant, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import verify_merchant
from tenants.operations.sandbox import fake_registration_no
from tenants.operations.trade import import_orders
from tenants.values import OrderRow

ACTOR = "system:bench"


def platform_of(first_day: date, at: datetime) -> Tenant:
    """A virtual platform of its own name."""
    slug = f"bench-{secrets.token_hex(4)}"
    return launch_tenant(
        slug=slug, name=slug, vertical="hardware", lender_name="bench lender",
        lender_phone="400-000-0000", first_day=first_day, is_virtual=True, actor=ACTOR, at=at,
    )  # fmt: skip


def lines_of(count: int, at: datetime) -> list[CreditLine]:
    """Lines of so many new merchants, each through the whole journey."""
    today = clock.day_of(at)
    rows = [
        OrderRow(
            order_no=f"B{n}-{week}", merchant_no=f"B{n:05d}", quantity=1, amount_minor=9_000_000,
            ordered_on=today - timedelta(days=7 * week + 1),
        )
        for n in range(count)
        for week in range(52)
    ]  # fmt: skip
    import_orders(rows=rows, known_at=at, actor=ACTOR)
    merchants = Merchant.objects.filter(external_id__startswith="B").order_by("external_id")
    return [_line_of(one, n, at) for n, one in enumerate(merchants)]


def _line_of(merchant: Merchant, number: int, at: datetime) -> CreditLine:
    later = at + timedelta(seconds=1)
    verify_merchant(
        merchant_id=merchant.id, registration_no=fake_registration_no(number), actor=ACTOR, at=at
    )
    give_consents(
        merchant_id=merchant.id, codes=list(NEEDED_CONSENTS), locale="zh-hans", evidence={},
        actor=ACTOR, at=at,
    )  # fmt: skip
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=ACTOR, at=later
    )
    decide_application(application_id=application.id, actor=ACTOR, at=later)
    offer = Offer.objects.select_related("cost_sheet").get(application=application)
    start_reading(offer_id=offer.id, at=later)
    return accept_offer(
        offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={}, actor=ACTOR,
        at=later + timedelta(minutes=1),
    )  # fmt: skip


def check(holds: object, found: str) -> None:
    """A fast wrong answer fails."""
    if not holds:
        msg = f"the bench's own check failed: {found}"
        raise CommandError(msg)


def versions() -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        server = cursor.fetchone()
    return {
        "python": platform.python_version(),
        "django": django.__version__,
        "postgresql": str(server[0]) if server else "",
    }
