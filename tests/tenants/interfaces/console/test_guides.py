"""The guides on the console: listed, read, linked from where they help, and only where they are."""

import re
from datetime import datetime
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tenants.domain.guides import HAN
from tenants.models import Tenant
from tenants.queries.guides import FOLDER, ORDER, slugs
from tests.analytics import desk
from tests.tenants.interfaces.console.test_developer import a_request

pytestmark = pytest.mark.django_db
LIST = "/console/developer/guides/"
LINK = re.compile(r'<a href="([\w-]+)(?:#([^"]+))?"')


def test_every_guide_is_listed_in_both_languages(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    english = client.get(LIST, headers={"accept-language": "en"}).context["guides"]
    chinese = client.get(LIST, headers={"accept-language": "zh-hans"}).context["guides"]

    assert [one.slug for one in english] == [one.slug for one in chinese] == list(slugs())
    assert set(slugs()) >= {path.stem for path in FOLDER.glob("*.md")}
    assert slugs()[: len(ORDER)] == ORDER
    assert [one.slug for one in english if HAN.search(one.title + one.about)] == []
    assert [one.slug for one in chinese if not HAN.search(one.title)] == []
    assert [one.slug for one in chinese if len(one.about) < 40] == []


@pytest.mark.parametrize("slug", slugs())
def test_a_guide_is_read_and_its_links_lead_somewhere(
    slug: str, tenant: Tenant, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = desk.at_the_desk("developer", tenant, at)
    with django_assert_num_queries(3):
        page = client.get(LIST + slug, headers={"accept-language": "en"})
    text = page.content.decode()
    assert page.status_code == 200
    assert (" style=" in text, "<style" in text, "javascript:" in text) == (False, False, False)
    names = re.findall(r'\bid="([^"]+)"', page.context["guide"].html)
    assert len(names) == len(set(names))
    for target, anchor in LINK.findall(page.context["guide"].html):
        answer = client.get(LIST + target, headers={"accept-language": "en"})
        assert answer.status_code == 200
        assert not anchor or f'id="{anchor}"' in answer.content.decode()


def test_the_log_points_to_what_a_code_means(tenant: Tenant, at: datetime) -> None:
    row = a_request(tenant, at, status=401, code="signature_invalid")
    client = desk.at_the_desk("developer", tenant, at)
    wanted = f'href="{LIST}errors#signature_invalid"'

    for page in ("/console/developer/requests", f"/console/developer/requests/{row.id}"):
        assert wanted in client.get(page).content.decode()
    assert '<tr id="signature_invalid">' in client.get(f"{LIST}errors").content.decode()
    assert f'href="{LIST}going-live"' in client.get("/console/developer").content.decode()


def test_the_clients_are_shown_as_they_are(tenant: Tenant, at: datetime) -> None:
    guide = desk.at_the_desk("developer", tenant, at).get(f"{LIST}clients").context["guide"]
    files = [Path(heading.name).name for heading in guide.headings]
    assert sorted(files) == sorted(path.name for path in (FOLDER / "clients").iterdir())
    assert "compare_digest" in guide.html


def test_others_do_not_get_them_and_an_unknown_one_is_not_there(
    tenant: Tenant, at: datetime
) -> None:
    viewer, owner = (desk.at_the_desk(role, tenant, at) for role in ("viewer", "owner"))
    assert [viewer.get(page).status_code for page in (LIST, f"{LIST}errors")] == [403, 403]
    assert Client().get(LIST).status_code == 302
    assert [owner.get(LIST + slug).status_code for slug in ("odd", "README", "../errors")] == [
        404, 404, 404,
    ]  # fmt: skip
