"""A merchant's visit: opened, redeemed once, kept alive by use, over after four hours."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope, current_tenant_id
from platform_app.kernel.tenancy import tenant_scope
from tenants.access.embed import MerchantRequest, merchant_view
from tenants.errors import OriginNotAllowed, SessionExpired, SessionUnknown, SessionUsed
from tenants.models import EmbedSession, Tenant
from tenants.operations.embed_sessions import open_session, redeem_session, session_for_token
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import set_embed_origins
from tenants.queries.merchants import list_merchants

pytestmark = pytest.mark.django_db
SITE = "https://shop.example"


def opened(tenant: Tenant, at: datetime, **facts: Any) -> tuple[EmbedSession, str]:
    with tenant_scope(tenant.id):
        set_embed_origins(origins=[SITE], actor="usr", at=at)
        row = upsert_merchant(external_id="M1", name="示例店", actor="api", at=at)[0]
        words: dict[str, Any] = {
            "merchant_id": row.id, "component": "checkout", "origin": SITE,
            "return_url": f"{SITE}/back?x=1", "locale": "en", "order_no": "SO1",
            "amount_minor": 1280,
        }  # fmt: skip
        return open_session(**{**words, **facts}, actor="key_1", at=at)


def test_a_visit_keeps_hashes_only(tenant: Tenant, at: datetime) -> None:
    session, secret = opened(tenant, at)
    assert secret.startswith("ems_secret_")
    with tenant_scope(tenant.id):
        stored = EmbedSession.objects.get()
        event = Event.objects.get(name="tenants.embed_session.opened")
    assert secret not in repr(vars(stored))
    assert stored.redeem_until == at + timedelta(minutes=10)
    assert (stored.origin, stored.order_no, stored.amount_minor) == (SITE, "SO1", 1280)
    assert (event.subject, event.merchant_id) == (session.id, session.merchant_id)


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"component": "casino"}, Invalid),
        ({"locale": "fr"}, Invalid),
        ({"amount_minor": -1}, Invalid),
        ({"origin": "https://evil.example"}, OriginNotAllowed),
        ({"origin": f"{SITE}/path"}, OriginNotAllowed),
        ({"origin": "https://shop.example.evil.example"}, OriginNotAllowed),
        ({"return_url": "https://evil.example/"}, OriginNotAllowed),
        ({"return_url": "https://shop.example@evil.example/"}, OriginNotAllowed),
        ({"return_url": "https://shop.example\\@evil.example/"}, OriginNotAllowed),
        ({"return_url": "javascript:alert(1)"}, OriginNotAllowed),
        ({"merchant_id": "mch_1"}, NotFound),
    ],
)
def test_a_refused_visit_leaves_nothing(
    facts: dict[str, Any], error: type[Exception], tenant: Tenant, at: datetime
) -> None:
    with pytest.raises(error):
        opened(tenant, at, **facts)
    assert EmbedSession.doors.count() == 0


def test_redirect_mode_needs_no_origin(tenant: Tenant, at: datetime) -> None:
    session, _ = opened(tenant, at, origin="", return_url="")
    assert (session.origin, session.return_url) == ("", "")


def test_another_platforms_merchant_is_not_found(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    session, _ = opened(tenant, at)
    with pytest.raises(NotFound):
        opened(other_tenant, at, merchant_id=session.merchant_id)


def test_a_secret_opens_once(tenant: Tenant, at: datetime) -> None:
    _, secret = opened(tenant, at)
    session, token = redeem_session(secret=secret, at=at + timedelta(minutes=9, seconds=59))
    assert session.tenant_id == tenant.id
    assert session.ends_at == at + timedelta(hours=4, minutes=9, seconds=59)
    with pytest.raises(SessionUsed):
        redeem_session(secret=secret, at=at + timedelta(minutes=9, seconds=59))
    assert session_for_token(token=token, at=at + timedelta(minutes=10)).id == session.id
    for stranger in (secret, "", token + "x"):
        with pytest.raises(SessionUnknown):
            session_for_token(token=stranger, at=at)
    with pytest.raises(SessionUnknown):
        redeem_session(secret="ems_secret_x", at=at)


def test_a_secret_waits_ten_minutes(tenant: Tenant, at: datetime) -> None:
    _, secret = opened(tenant, at)
    with pytest.raises(SessionExpired):
        redeem_session(secret=secret, at=at + timedelta(minutes=10))
    assert EmbedSession.doors.get().redeemed_at is None


def test_a_visit_lives_by_use_and_writes_seldom(tenant: Tenant, at: datetime) -> None:
    _, secret = opened(tenant, at)
    _, token = redeem_session(secret=secret, at=at)
    with CaptureQueriesContext(connection) as queries:
        session_for_token(token=token, at=at + timedelta(minutes=5))
    assert len(queries) == 1
    session = session_for_token(token=token, at=at + timedelta(minutes=29))
    assert session.token_until == at + timedelta(minutes=59)
    with pytest.raises(SessionExpired):
        session_for_token(token=token, at=at + timedelta(minutes=59))
    assert EmbedSession.doors.get().token_until == at + timedelta(minutes=59)


def test_a_visit_ends_after_four_hours(tenant: Tenant, at: datetime) -> None:
    _, secret = opened(tenant, at)
    _, token = redeem_session(secret=secret, at=at)
    for minutes in range(20, 240, 20):
        session = session_for_token(token=token, at=at + timedelta(minutes=minutes))
    assert session.token_until == session.ends_at == at + timedelta(hours=4)
    with pytest.raises(SessionExpired):
        session_for_token(token=token, at=at + timedelta(hours=4))


@merchant_view
def page(request: MerchantRequest, noun: str) -> HttpResponse:
    names = ",".join(list_merchants().values_list("name", flat=True))
    return HttpResponse(f"{noun} {request.embed.component} {current_tenant_id()} {names}")


class CountLater:
    """A template that asks the database only when it is rendered."""

    def render(self, *_: object) -> str:
        return str(list_merchants().count())


@merchant_view
def late_page(request: MerchantRequest) -> TemplateResponse:
    return TemplateResponse(request, CountLater())


def ask(token: str | None) -> HttpRequest:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return RequestFactory().post("/m/x", headers=headers)


def test_a_page_sees_its_own_platform(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    _, secret = opened(tenant, at)
    opened(other_tenant, at)
    _, token = redeem_session(secret=secret, at=at)
    response = page(ask(token), noun="bill")
    assert isinstance(response, HttpResponse)
    assert response.content.decode() == f"bill checkout {tenant.id} 示例店"
    assert response["Cache-Control"] == "no-store"
    late = late_page(ask(token))
    assert isinstance(late, HttpResponse)
    assert late.content == b"1"
    with pytest.raises(NoScope):
        list_merchants()


def test_a_page_answers_problems(tenant: Tenant, at: datetime) -> None:
    _, secret = opened(tenant, at)
    _, token = redeem_session(secret=secret, at=at)
    for bad in (None, "", "wrong", secret):
        response = page(ask(bad), noun="x")
        assert isinstance(response, HttpResponse)
        assert response.status_code == 401
        assert json.loads(response.content)["code"] == "session_unknown"
        assert response["Content-Type"] == "application/problem+json"
    with clock.travel(at + timedelta(minutes=30)):
        response = page(ask(token), noun="x")
    assert isinstance(response, HttpResponse)
    assert response.status_code == 410
    assert json.loads(response.content)["code"] == "session_expired"
