"""A partner's back end: roster, QR codes, bindings, visits with a salesperson, and its webhook."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from campaigns.models import Attribution, AttributionClaim, Salesperson
from platform_app.kernel import clock
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import EmbedSession, Merchant, Tenant
from tenants.operations.webhooks import create_endpoint
from tenants.queries.webhooks import list_endpoints
from tests.campaigns.sellers import PHONE, SHOP
from tests.tenants.interfaces.api.client import Partner

pytestmark = pytest.mark.django_db
BODY = {"code": "S-017", "name": "王示例", "phone": PHONE, "branch": "示例一部"}


@pytest.fixture
def shop(tenant: Tenant) -> Merchant:
    Tenant.objects.filter(pk=tenant.id).update(embed_origins=[SHOP])
    with tenant_scope(tenant.id):
        found: Merchant = Merchant.objects.create(external_id="M-1", name="示例宠物店")
        return found


def count(tenant: Tenant, table: Any) -> int:
    with tenant_scope(tenant.id):
        found: int = table.objects.count()
        return found


def visit(owner: Partner, merchant: Merchant, **told: str) -> list[str]:
    """The codes of the warnings a new visit is opened with."""
    body = {"merchant": merchant.id, "component": "apply", **told}
    answer = owner.call("POST", "embed_sessions", body)
    assert answer.status_code == 201, answer.content
    assert answer.json()["url"].count("#s=ems_secret_") == 1
    return [one["code"] for one in answer.json()["warnings"]]


def test_the_roster_is_saved_listed_and_masked(tenant: Tenant, owner: Partner) -> None:
    made = owner.post("salespeople", BODY, key="seller-0001")
    assert made.status_code == 201
    told = made.json()
    assert (told["object"], told["external_id"], told["status"]) == (
        "salesperson", "S-017", "active",
    )  # fmt: skip
    assert (told["name"], told["phone"], told["since_on"]) == ("王*", "138****0001", "2026-03-02")
    again = owner.post("salespeople", BODY, key="seller-0001")
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (told, "true")
    changed = owner.post("salespeople", {"code": "S-017", "status": "left"})
    assert (changed.status_code, changed.json()["status"]) == (200, "left")
    assert owner.get("salespeople?status=active").json()["data"] == []
    listed = owner.get("salespeople?search=s-0").json()
    assert [one["id"] for one in listed["data"]] == [told["id"]]
    assert PHONE not in str(listed)
    bad = owner.post("salespeople", BODY | {"code": "a b"})
    assert (bad.status_code, bad.json()["code"]) == (422, "salesperson_code_invalid")
    bad = owner.post("salespeople", {"code": "S-1"})
    assert (bad.status_code, bad.json()["errors"][0]["path"]) == (422, "/name")
    assert count(tenant, Salesperson) == 1


def test_a_merchant_is_bound_or_claimed(
    tenant: Tenant, owner: Partner, shop: Merchant, at: datetime
) -> None:
    for code in ("S-1", "S-2"):
        owner.post("salespeople", BODY | {"code": code})
    first = owner.post("salespeople/S-1/bind", {"merchant": shop.id}, key="bind-0001").json()
    assert (first["status"], first["salesperson"], first["how"]) == ("bound", "S-1", "partner")
    assert (first["claim"], first["next_action"]) == (None, None)
    other = owner.post("salespeople/S-2/bind", {"merchant": shop.id}).json()
    assert (other["status"], other["salesperson"]) == ("claimed", "S-1")
    assert other["next_action"]["code"] == "settle_claim"
    with tenant_scope(tenant.id):
        assert other["claim"] == AttributionClaim.objects.get().id
    owner.post("salespeople", {"code": "S-2", "status": "left"})
    left = owner.post("salespeople/S-2/bind", {"merchant": shop.id})
    assert (left.status_code, left.json()["code"]) == (422, "salesperson_left")
    assert (count(tenant, Attribution), count(tenant, AttributionClaim)) == (1, 1)


def test_a_visit_opens_whatever_is_told(
    tenant: Tenant, owner: Partner, shop: Merchant, at: datetime
) -> None:
    for code in ("S-1", "S-2"):
        owner.post("salespeople", BODY | {"code": code})
    old = owner.call("POST", "salespeople/S-1/qr", {"entry_url": f"{SHOP}/credit"}).json()
    assert old["url"].startswith(f"{SHOP}/credit?bt_sp=1.sls_")
    assert old["svg"].startswith("<svg")
    assert old["expires_at"] == "2026-08-29T10:00:00+08:00"
    new = owner.call("POST", "salespeople/S-1/qr", {}).json()
    tokens = [one["url"].partition("bt_sp=")[2] for one in (old, new)]
    assert tokens[0] != tokens[1]
    assert visit(owner, shop) == []
    assert visit(owner, shop, salesperson_code="S-9") == ["salesperson_unknown"]
    assert visit(owner, shop, salesperson_token=tokens[0]) == ["salesperson_token_revoked"]
    assert visit(owner, shop, salesperson_token="?" * 900) == ["salesperson_token_invalid"]
    assert count(tenant, Attribution) == 0
    assert visit(owner, shop, salesperson_token=tokens[1]) == []
    assert visit(owner, shop, salesperson_code="S-1") == []
    assert visit(owner, shop, salesperson_code="S-2") == ["merchant_claimed"]
    assert count(tenant, EmbedSession) == 7
    with tenant_scope(tenant.id):
        row = Attribution.objects.select_related("salesperson").get()
        assert (row.salesperson.code, row.how) == ("S-1", "qr")
        told = Event.objects.filter(name__startswith="campaigns.").values_list("name", flat=True)
        assert sorted(told) == ["campaigns.salesperson.bound", "campaigns.salesperson.claimed"]
    with clock.travel(at + timedelta(days=181)):
        assert visit(owner, shop, salesperson_token=tokens[1]) == ["salesperson_token_expired"]
        assert visit(owner, shop, salesperson_code="S-2") == []


def test_a_foreign_page_is_refused(tenant: Tenant, owner: Partner, shop: Merchant) -> None:
    owner.post("salespeople", BODY)
    bad = owner.call("POST", "salespeople/S-017/qr", {"entry_url": "https://evil.example/"})
    assert (bad.status_code, bad.json()["code"]) == (422, "origin_not_allowed")
    bad = owner.call("POST", "salespeople/S-017/qr", {"valid_days": 400})
    assert bad.json()["errors"][0]["path"] == "/valid_days"


def test_the_webhook_tells_whom(
    tenant: Tenant, owner: Partner, shop: Merchant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        create_endpoint(
            url="https://93.184.216.34/hook", event_names=["campaigns.salesperson.bound"],
            actor="usr_test", at=at,
        )  # fmt: skip
        assert list_endpoints().count() == 1
    owner.post("salespeople", BODY)
    bound = owner.post("salespeople/S-017/bind", {"merchant": shop.id}).json()
    (told,) = owner.get("events?type=campaigns.salesperson.bound").json()["data"]
    assert (told["type"], told["merchant"]) == ("campaigns.salesperson.bound", shop.id)
    assert told["data"]["code"] == "S-017"
    assert told["data"]["attribution"] == bound["id"]


def test_other_callers_get_nothing(
    tenant: Tenant, owner: Partner, neighbor: Partner, reader: Partner, stranger: Partner,
    shop: Merchant,
) -> None:  # fmt: skip
    owner.post("salespeople", BODY)
    calls: list[tuple[str, str, Any]] = [
        ("POST", "salespeople/S-017/bind", {"merchant": shop.id}),
        ("POST", "salespeople/S-017/qr", {}),
        ("POST", "salespeople", BODY),
    ]
    for method, path, body in calls:
        assert stranger.call(method, path, body, key="seller-0009").status_code == 401
        assert reader.call(method, path, body, key="seller-0009").status_code == 403
    assert [neighbor.call(*call, key="seller-0009").status_code for call in calls[:2]] == [404, 404]
    assert neighbor.get("salespeople").json()["data"] == []
    assert owner.post("salespeople/S-017/bind", {"merchant": "mch_x"}).status_code == 404
    assert count(tenant, Attribution) == 0


def test_a_status_that_is_none(tenant: Tenant, owner: Partner) -> None:
    owner.post("salespeople", BODY, key="seller-0001")
    for status in ("%00", "left"):
        assert owner.get(f"salespeople?status={status}").json()["data"] == []
