"""The cast of risk's tests: platforms with a policy in force, merchants, orders."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from platform_app.kernel import clock, ids
from risk.enums import Purpose
from risk.models import Decision, Policy
from risk.operations.decisions import decide, decide_many
from risk.operations.policies import install_defaults
from risk.values import RepaymentFacts
from tenants.models import Merchant, Tenant, TradeOrder

NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)  # 10:00 on 20 May in Shanghai
ACTOR = "usr_test"
NEVER = RepaymentFacts.none()


def new_tenant(slug: str) -> str:
    return str(Tenant.objects.create(slug=slug, name=slug, vertical="textile").id)


def install(cap_minor: int = 1_600_000_000, **changes: Any) -> Policy:
    figures: dict[str, Any] = {
        "collection_days": 60,
        "stock_days": 45,
        "supplier_days": 15,
        "margin_rate": Decimal("0.25"),
        "financed_share": Decimal("0.7"),
        "max_limit_minor": 50_000_000,
        "exposure_cap_minor": cap_minor,
        "actor": ACTOR,
        "at": NOW,
    }
    return install_defaults(**figures | changes)


def place_order(merchant: Merchant, day: date, amount_minor: int, **changes: Any) -> TradeOrder:
    """One revision, known an hour after it happened at noon in Shanghai."""
    at = clock.moment_on(day, 12)
    row: dict[str, Any] = {
        "merchant": merchant,
        "order_no": ids.new_id("no"),
        "ordered_on": day,
        "event_at": at,
        "known_at": at + timedelta(hours=1),
        "quantity": 1,
        "amount_minor": amount_minor,
    }
    placed: TradeOrder = TradeOrder.objects.create(**row | changes)
    return placed


def monthly_orders(merchant: Merchant, amount_minor: int) -> None:
    """Two orders a month from May 2025 until 5 May 2026: a steady year."""
    for index in range(12):
        year, month = divmod(2025 * 12 + 4 + index, 12)
        for day in (5, 20):
            place_order(merchant, date(year, month + 1, day), amount_minor)
    place_order(merchant, date(2026, 5, 5), amount_minor)


def crowd(count: int) -> list[str]:
    """Merchants of every kind: silent, small, thin, steady."""
    found = []
    for number in range(count):
        merchant = Merchant.objects.create(external_id=f"C-{number}", name="示例")
        if number % 3 == 1:
            monthly_orders(merchant, 1_000_000 * number)
        if number % 3 == 2:
            for month in (2, 3, 4):
                place_order(merchant, date(2026, month, 20), 9_000_000 * number)
        found.append(merchant.id)
    return found


def ask(merchant_id: str, **changes: Any) -> Decision:
    asked: dict[str, Any] = {
        "merchant_id": merchant_id,
        "purpose": Purpose.APPLICATION,
        "as_of": NOW,
        "decided_at": NOW,
        "repayment": NEVER,
        "actor": ACTOR,
    }
    return decide(**asked | changes)


def ask_many(merchant_ids: list[str], **changes: Any) -> dict[str, Decision]:
    asked: dict[str, Any] = {
        "merchant_ids": merchant_ids,
        "purpose": Purpose.APPLICATION,
        "as_of": NOW,
        "decided_at": NOW,
        "repayments": {},
        "actor": ACTOR,
    }
    return decide_many(**asked | changes)


def answer_of(decision: Decision) -> dict[str, Any]:
    names = [
        "score",
        "pd",
        "grade",
        "outcome",
        "rule_hits",
        "bounds",
        "binding_bound",
        "limit_minor",
        "annual_rate",
        "reasons",
    ]
    return {name: getattr(decision, name) for name in names}
