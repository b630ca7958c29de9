"""Taking on a platform and what it may change about itself."""

from datetime import datetime
from typing import Any

import pytest

from platform_app.kernel import audit, crypto
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord, DataKey, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.errors import BadOrigin, SlugTaken, UnknownVertical
from tenants.models import Tenant
from tenants.operations.tenants import create_tenant, set_embed_origins, update_brand
from tenants.queries.tenants import (
    current_tenant,
    list_tenants,
    list_verticals,
    tenant_by_slug,
    vertical,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def lasting() -> None:
    """No platform stays: here they are counted."""


def test_a_platform_gets_its_preset_its_key_and_one_event(at: datetime) -> None:
    tenant = create_tenant(slug="cloth", name=" 示例纺织城 ", vertical="textile", actor="t", at=at)
    assert (tenant.name, tenant.accent, tenant.is_virtual) == ("示例纺织城", "#7C3AED", False)
    with tenant_scope(tenant.id):
        assert crypto.unseal(crypto.seal("甲", purpose="p"), purpose="p") == "甲"
        event = Event.objects.get()
        assert (event.name, event.subject, event.actor) == (
            "tenants.tenant.created",
            tenant.id,
            "t",
        )
        assert event.props == {"slug": "cloth", "vertical": "textile"}
        assert current_tenant() == tenant
    assert tenant_by_slug("cloth") == tenant
    assert list(list_tenants()) == [tenant]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"slug": "Bad Slug"}, Invalid),
        ({"name": "  "}, Invalid),
        ({"name": "a\x00b"}, Invalid),
        ({"vertical": "yachts"}, UnknownVertical),
        ({"slug": "pets"}, SlugTaken),
    ],
)
@pytest.mark.usefixtures("tenant")
def test_a_refused_platform_leaves_nothing(
    change: dict[str, str], error: type[Exception], at: datetime
) -> None:
    words: dict[str, Any] = {"slug": "new", "name": "新平台", "vertical": "pet", **change}
    with platform_scope():
        before = (Tenant.objects.count(), DataKey.objects.count(), Event.objects.count())
    with pytest.raises(error):
        create_tenant(actor="t", at=at, **words)
    with platform_scope():
        assert (Tenant.objects.count(), DataKey.objects.count(), Event.objects.count()) == before


@pytest.mark.usefixtures("inside")
def test_the_brand_changes_once_and_is_audited(at: datetime) -> None:
    words = {"name": "新名", "accent": "#00aa11", "lender_name": "某小贷", "lender_phone": "400"}
    assert update_brand(actor="usr", at=at, **words).accent == "#00AA11"
    update_brand(actor="usr", at=at, **words)
    record = AuditRecord.objects.get(action="tenants.tenant.update_brand")
    assert record.after == {**words, "accent": "#00AA11"}
    assert audit.first_broken_link() is None
    with pytest.raises(Invalid):
        update_brand(actor="usr", at=at, **{**words, "accent": "red"})
    assert current_tenant().accent == "#00AA11"


@pytest.mark.usefixtures("inside")
def test_origins_are_kept_canonical(at: datetime) -> None:
    origins = ["https://Shop.Example/", "https://shop.example:443", "http://localhost:8001"]
    tenant = set_embed_origins(origins=origins, actor="usr", at=at)
    assert tenant.embed_origins == ["http://localhost:8001", "https://shop.example"]


@pytest.mark.parametrize(
    "bad",
    [
        "http://shop.example", "https://*.example", "https://a.example/path", "ftp://a.example",
        "https://u@a.example", "javascript:alert(1)", "", "https://a.example:port", "https://[::1",
        "http://localhost.evil.example", "https://a.example?x=1",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("inside")
def test_other_origins_are_refused(bad: str, at: datetime) -> None:
    with pytest.raises(BadOrigin):
        set_embed_origins(origins=["https://good.example", bad], actor="usr", at=at)
    assert current_tenant().embed_origins == []
    assert not AuditRecord.objects.filter(action="tenants.tenant.set_embed_origins").exists()


@pytest.mark.usefixtures("tenant")
def test_without_a_scope_there_is_no_current_platform() -> None:
    with pytest.raises(NoScope):
        current_tenant()
    with pytest.raises(NotFound):
        tenant_by_slug("nobody")
    assert [preset.key for preset in list_verticals()][:2] == ["textile", "pet"]
    assert vertical("pet").name == "Pet supplies"


@pytest.mark.usefixtures("inside")
def test_twenty_origins_are_enough(at: datetime) -> None:
    many = [f"https://s{n}.example" for n in range(21)]
    with pytest.raises(Invalid):
        set_embed_origins(origins=many, actor="usr", at=at)
    assert len(set_embed_origins(origins=many[1:], actor="usr", at=at).embed_origins) == 20
