"""Two demo platforms whose half year was lived through the real operations."""

import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp
from django.db import transaction

from credit.domain.behavior import Behavior
from credit.domain.demo_orders import PET, TEXTILE, Trade, demo_orders, merchant_region
from credit.enums import FundingChannel
from credit.models import FundingSource
from credit.operations.demo_desk import fill_desks
from credit.operations.funding_pursuit import pursue
from credit.operations.funding_sources import simulate_channel
from credit.operations.launch import launch_tenant
from credit.operations.replay import live_until
from credit.operations.replay_share import ACTOR
from credit.queries.instructions import due_instructions
from platform_app.kernel import clock, events
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ApplicationNeed, KeyScope, Role
from tenants.models import Merchant, Tenant
from tenants.operations.credentials import create_hmac_key
from tenants.operations.members import confirm_totp, create_member, enroll_totp
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import set_application_needs, set_embed_origins, set_face_check
from tenants.operations.trade import import_orders
from tenants.queries.tenants import vertical

SEED = 20261121
HISTORY_DAYS, LIVED_DAYS = 150, 180
EVENING = 18
WORKERS = 2
PLATFORMS = (
    ("jinxiu", "锦绣纺织城", "textile", TEXTILE),
    ("mengchong", "萌宠采购网", "pet", PET),
)
SHOP_PLATFORM = "mengchong"
FACES_AT = "textile"  # the platform whose merchants show their face, applying and signing
TENANT_ROLES = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.DEVELOPER, Role.VIEWER)


@dataclass(frozen=True, slots=True)
class Progress:
    """A day of one platform was lived."""

    platform: str
    done_days: int
    total_days: int


def load_demo(*, today: date, shop_origins: list[str], keep_in: Path) -> Iterator[Progress]:
    """Create both platforms, live their last 180 days up to yesterday, write the logins down.

    Goes on where it stopped; does nothing when everything is there. `today` is left open.
    """
    first = today - timedelta(days=LIVED_DAYS)
    events.ensure_partitions(first, months=LIVED_DAYS // 28 + 3)
    logins = json.loads(keep_in.read_text()) if keep_in.exists() else {}
    for slug, name, key, trade in PLATFORMS:
        tenant = Tenant.objects.filter(slug=slug).first() or launch_tenant(
            slug=slug, name=name, vertical=key, lender_name="示例小额贷款有限公司",
            lender_phone="400-000-0000", first_day=first, is_virtual=False, actor=ACTOR,
            at=clock.moment_on(first),
        )  # fmt: skip
        with tenant_scope(tenant.id):
            shows_faces = key == FACES_AT
            needs = [one for one in ApplicationNeed if shows_faces or one != ApplicationNeed.FACE]
            set_application_needs(needs=needs, actor=ACTOR, at=clock.moment_on(first))
            if shows_faces:
                set_face_check(from_minor=0, actor=ACTOR, at=clock.moment_on(first))
        if slug not in logins:
            logins[slug] = _logins(tenant, shop_origins)
            keep_in.write_text(json.dumps(logins, ensure_ascii=False, indent=1))
        yield from _live(tenant, trade, first=first, last=today - timedelta(days=1))
    if "staff" not in logins:
        logins["staff"] = {"staff": _login("staff", Role.STAFF, None)}
        keep_in.write_text(json.dumps(logins, ensure_ascii=False, indent=1))
    keep_in.chmod(0o600)


def _live(tenant: Tenant, trade: Trade, *, first: date, last: date) -> Iterator[Progress]:
    seasonal = replace(trade, season=vertical(tenant.vertical).season)
    since = first - timedelta(days=HISTORY_DAYS)
    orders = demo_orders(seasonal, first=since, last=last, seed=SEED)
    with tenant_scope(tenant.id):
        _history(trade, {day: rows for day, rows in orders.items() if day < first}, first)
        lived = {day: rows for day, rows in orders.items() if day >= first}
        total = (last - first).days + 1
        _simulate_funding(clock.moment_on(first))
        for day in live_until(last, lived, Behavior(SEED), tenant_id=tenant.id, workers=WORKERS):
            _fund(clock.moment_on(day, EVENING))
            yield Progress(tenant.name, (day - first).days + 1, total)
        fill_desks(last + timedelta(days=1))


def _simulate_funding(at: datetime) -> None:
    for source in FundingSource.objects.exclude(channel=FundingChannel.SIMULATED):
        simulate_channel(source_id=source.id, actor=ACTOR, at=at)


def _fund(at: datetime) -> None:
    """The day's captures are paid by the lender, as the worker would have had them paid."""
    while due := due_instructions(at):
        for _, instruction_id in due:
            pursue(instruction_id=instruction_id, now=lambda: at)


def _history(trade: Trade, orders: dict[date, list[Any]], first: date) -> None:
    """What the platform already knew on the day it joined us."""
    eve = clock.moment_on(first) - timedelta(hours=1)
    if Merchant.objects.exists():
        return
    with clock.travel(eve):
        rows = [row for day in sorted(orders) for row in orders[day]]
        import_orders(rows=rows, known_at=eve, actor=ACTOR)
        for merchant in Merchant.objects.order_by("external_id"):
            upsert_merchant(
                external_id=merchant.external_id, name=merchant.name,
                region=merchant_region(trade, merchant.external_id), actor=ACTOR, at=eve,
            )  # fmt: skip


@transaction.atomic
def _logins(tenant: Tenant, shop_origins: list[str]) -> dict[str, Any]:
    with tenant_scope(tenant.id):
        set_embed_origins(origins=shop_origins, actor=ACTOR, at=clock.now())
        key, secret = create_hmac_key(
            label="demo shop", scopes=list(KeyScope.values), actor=ACTOR, at=clock.now()
        )
    people = {role.value: _login(tenant.slug, role, tenant.id) for role in TENANT_ROLES}
    return {**people, "api": {"key_id": key.id, "secret": secret, "tenant_id": tenant.id}}


def _login(slug: str, role: Role, tenant_id: str | None) -> dict[str, str]:
    """A member with a random password and an enrolled authenticator."""
    email = f"{role.value}@{slug}.example"
    password = secrets.token_urlsafe(12)
    member = create_member(
        email=email, name=f"{role.label}", role=role, tenant_id=tenant_id, password=password,
        actor=ACTOR, at=clock.now(), is_staff=role is Role.STAFF,
    )  # fmt: skip
    secret = pyotp.parse_uri(enroll_totp(member_id=member.id)).secret
    confirm_totp(member_id=member.id, code=pyotp.TOTP(secret).at(clock.now()), at=clock.now())
    return {"email": email, "password": password, "totp_secret": secret}
