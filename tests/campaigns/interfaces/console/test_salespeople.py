"""P7 at the desk: roster, QR code, claims, and the fragment on other pages."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import AttributionClaim, Salesperson, SalespersonQr
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import TraitKind
from tenants.models import Merchant, Tenant
from tests.analytics.desk import at_the_desk
from tests.callers import callers
from tests.campaigns.sellers import PHONE, SHOP, bound, everything, one_of_each, seller
from tests.risk.links import has

pytestmark = pytest.mark.django_db
ROSTER = "/console/salespeople"
CLAIMS = "/console/salespeople/claims"
PERSON = {"code": "S-1", "name": "王示例", "phone": PHONE, "since_on": "2026-03-01"}


@pytest.fixture
def desk(tenant: Tenant, at: datetime) -> Client:
    Tenant.objects.filter(pk=tenant.id).update(embed_origins=[SHOP])
    return at_the_desk("operator", tenant, at)


def shop(number: int = 1) -> Merchant:
    found, _ = Merchant.objects.get_or_create(
        external_id=f"M-{number}", defaults={"name": f"示例宠物店{number}"}
    )
    return found


def test_from_an_empty_roster_to_a_code(tenant: Tenant, desk: Client, at: datetime) -> None:
    page = desk.get(ROSTER, headers={"Accept-Language": "en"})
    assert "Nobody is on the roster yet." in page.content.decode()
    wrong = desk.post(f"{ROSTER}/add", {**PERSON, "phone": "123", "code": "a b"})
    assert wrong.status_code == 422
    added = desk.post(f"{ROSTER}/add", PERSON)
    with tenant_scope(tenant.id):
        row = Salesperson.objects.get()
    home = f"{ROSTER}/{row.id}"
    assert added["Location"] == home
    text = desk.get(home).content.decode()
    assert "王*" in text
    assert PHONE not in text
    assert "王示例" not in text
    issued = desk.post(f"{home}/qr", {"entry_url": f"{SHOP}/a", "valid_days": "30"}, follow=True)
    assert 'src="data:image/svg+xml' in issued.content.decode()
    refused = desk.post(f"{home}/qr", {"entry_url": "https://evil.example", "valid_days": "30"})
    assert refused.status_code == 422
    desk.post(f"{home}/save", {"since_on": "2026-03-01", "region": "华东"})
    desk.post(f"{home}/revoke")
    with tenant_scope(tenant.id):
        row.refresh_from_db()
        assert (row.region, row.name_masked, row.version) == ("华东", "王*", 2)
        assert SalespersonQr.objects.get().revoked_at is not None
    desk.post(f"{home}/leave")
    left = desk.get(home).content.decode()
    assert f"{home}/return" in left
    assert f"{home}/qr" not in left
    desk.post(f"{home}/return")
    with tenant_scope(tenant.id):
        row.refresh_from_db()
        assert row.status == "active"
    assert desk.post(f"{home}/explode").status_code == 404


def test_a_claim_is_settled(tenant: Tenant, desk: Client, at: datetime) -> None:
    assert desk.get(CLAIMS).status_code == 200
    with tenant_scope(tenant.id):
        one_of_each(shop(), 1, at)
        claim = AttributionClaim.objects.get()
        before = everything()
    page = desk.get(CLAIMS).content.decode()
    assert "S-1" in page
    assert "T-1" in page
    desk.post(f"{CLAIMS}/{claim.id}/move", {"reason": " "})
    with tenant_scope(tenant.id):
        assert everything() == before
    assert desk.post(f"{CLAIMS}/{claim.id}/move", {"reason": "客户确认"})["Location"] == CLAIMS
    with tenant_scope(tenant.id):
        claim.refresh_from_db()
        assert claim.status == "moved"
    assert "客户确认" in desk.get(f"{CLAIMS}?status=moved").content.decode()
    assert desk.post(f"{CLAIMS}/{claim.id}/explode").status_code == 404
    assert desk.post(f"{CLAIMS}/nonsense/move", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_statements_for_any_number(
    tenant: Tenant, desk: Client, at: datetime, count: int
) -> None:
    with tenant_scope(tenant.id):
        for number in range(count):
            one_of_each(shop(number), number, at)
        home = f"{ROSTER}/{Salesperson.objects.order_by('id')[0].id}"
    told = {}
    for path in (ROSTER, CLAIMS, home):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(path).status_code == 200
        told[path] = len([one for one in queries if "set_config" not in one["sql"]])
    assert list(told.values()) == [8, 6, 7]


def test_the_fragment_says_who_and_to_staff_what_else(
    tenant: Tenant, desk: Client, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        merchant, other = shop(1), shop(2)
    path = reverse("console:merchant-salesperson", args=[merchant.id])
    assert (
        "Nobody on the roster" in desk.get(path, headers={"Accept-Language": "en"}).content.decode()
    )
    with tenant_scope(tenant.id):
        who = seller("S-1", at - timedelta(hours=1))
        for one in (merchant, other):
            bound(one, who, at - timedelta(hours=1))
            has(one, "192.0.2.7|Sample/1", at, kind=TraitKind.DEVICE)
    text = desk.get(path, headers={"Accept-Language": "en"}).content.decode()
    assert "S-1" in text
    assert "share" not in text
    staff = at_the_desk("staff", None, at, tenant)
    seen = " ".join(staff.get(path, headers={"Accept-Language": "en"}).content.decode().split())
    assert "王* S-1 brought 1 other merchant." in seen
    assert "1 of them shares more with this one" in seen
    for page in (f"/console/merchants/{merchant.id}",):
        assert f'hx-get="{path}"' in desk.get(page).content.decode()


def test_who_may_see_it(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        who = seller("S-1", at)
        bound(shop(), who, at)
        fragment = reverse("console:merchant-salesperson", args=[shop().id])
    three = callers(tenant, other_tenant, at)
    assert three.statuses(ROSTER) == (302, 200, 200)
    assert "S-1" not in three.neighbor.get(ROSTER).content.decode()
    assert three.statuses(f"{ROSTER}/{who.id}") == (302, 404, 200)
    assert three.statuses(fragment) == (302, 404, 200)
    for role, status in (("finance", 403), ("developer", 403), ("viewer", 403)):
        assert at_the_desk(role, tenant, at).get(ROSTER).status_code == status
    with tenant_scope(tenant.id):
        before = everything()
    for verb in ("leave", "save", "qr", "revoke"):
        assert three.neighbor.post(f"{ROSTER}/{who.id}/{verb}", {}).status_code == 404
    with tenant_scope(tenant.id):
        assert everything() == before
        qr_of_shop = SalespersonQr.objects.count()
    assert qr_of_shop == 0
