"""Salespeople for tests: obviously made up."""

from datetime import datetime
from typing import Any

from campaigns.enums import AttributionHow
from campaigns.models import Attribution, AttributionClaim, Salesperson, SalespersonQr
from campaigns.operations.attributions import Bound, bind_merchant
from campaigns.operations.salespeople import issue_qr, save_salesperson
from tenants.models import Merchant

ACTOR = "usr_test"
PHONE = "13800000001"
SHOP = "https://shop.example"


def seller(code: str, at: datetime, name: str = "王示例", **said: Any) -> Salesperson:
    told: dict[str, Any] = {"phone": PHONE, "branch": "示例一部", **said}
    row, _ = save_salesperson(code=code, name=name, **told, actor=ACTOR, at=at)
    return row


def qr_of(who: Salesperson, at: datetime, valid_days: int = 180) -> SalespersonQr:
    return issue_qr(
        salesperson_id=who.id, entry_url=f"{SHOP}/credit?from=qr", valid_days=valid_days,
        actor=ACTOR, at=at,
    )  # fmt: skip


def bound(merchant: Merchant, who: Salesperson, at: datetime) -> Bound:
    return bind_merchant(
        merchant_id=merchant.id, salesperson_id=who.id, how=AttributionHow.PARTNER, told_in="",
        actor=ACTOR, at=at,
    )  # fmt: skip


def one_of_each(merchant: Merchant, number: int, at: datetime) -> None:
    """Somebody with a QR code and this merchant, and somebody else who claims it."""
    first, other = seller(f"S-{number}", at), seller(f"T-{number}", at)
    bound(merchant, first, at)
    bound(merchant, other, at)
    if not SalespersonQr.objects.filter(salesperson=first).exists():
        SalespersonQr.objects.create(
            salesperson=first, number=1, entry_url=f"{SHOP}/", issued_at=at, issued_by=ACTOR,
            expires_at=at.replace(year=at.year + 1),
        )  # fmt: skip


def everything() -> dict[str, Any]:
    """What would tell if something had moved."""
    tables: Any = (Attribution, AttributionClaim, Salesperson, SalespersonQr)
    return {one.__name__: list(one.objects.order_by("id").values()) for one in tables}
