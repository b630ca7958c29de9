"""The card on the landing page: whoever brought the merchant, until the window ends."""

from datetime import datetime, timedelta

import pytest

from campaigns.operations.salespeople import mark_left
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.campaigns.sellers import ACTOR, PHONE, bound, seller
from tests.tenants.interfaces.merchant.visits import Visit, visit_of, words

pytestmark = pytest.mark.django_db
CARD = "/m/salesperson/"


@pytest.fixture
def shop(tenant: Tenant) -> Merchant:
    with tenant_scope(tenant.id):
        found: Merchant = Merchant.objects.create(external_id="M-1", name="示例宠物店")
        return found


def test_the_card_stays_until_the_window_ends(tenant: Tenant, shop: Merchant, at: datetime) -> None:
    assert visit_of(shop, at).get(CARD).status_code == 204
    with tenant_scope(tenant.id):
        who = seller("S-1", at)
        bound(shop, who, at)
    answer = visit_of(shop, at, locale="en").get(CARD)
    assert words(answer) == (
        "王 Your salesperson 王示例 138****0001 示例一部 "
        "A salesperson never asks you for a text-message code, and never for a fee."
    )
    assert PHONE not in answer.content.decode()
    for days, status in ((179, 200), (180, 204)):
        moment = at + timedelta(days=days)
        with clock.travel(moment):
            assert visit_of(shop, moment).get(CARD).status_code == status
    with tenant_scope(tenant.id):
        mark_left(salesperson_id=who.id, actor=ACTOR, at=at)
    assert visit_of(shop, at).get(CARD).status_code == 204


def test_nobody_else_sees_it(
    tenant: Tenant, other_tenant: Tenant, shop: Merchant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        bound(shop, seller("S-1", at), at)
        neighbor = Merchant.objects.create(external_id="M-2", name="示例宠物店")
    with tenant_scope(other_tenant.id):
        foreigner = Merchant.objects.create(external_id="M-1", name="示例纺织厂")
    assert [visit_of(who, at).get(CARD).status_code for who in (neighbor, foreigner)] == [204, 204]
    assert Visit().get(CARD).status_code == 401


def test_the_landing_page_pulls_it(tenant: Tenant, shop: Merchant, at: datetime) -> None:
    page = visit_of(shop, at).get("/m/start/").content.decode()
    assert f'<div data-pull="{CARD}" hidden></div>' in page
