"""Parts of the console's menu: the one being read is open, others are as they were left."""

import re
from datetime import datetime

import pytest

from platform_app.kernel.templatetags.fold import is_open
from tenants.models import Tenant
from tests.analytics import desk

PART = re.compile(r'<details class="fold" data-fold="(\w+)" (open|)>')
HERE = '<a aria-current="page">'


@pytest.mark.parametrize(
    ("content", "left", "is_usual", "wanted"),
    [
        ("", "", False, False),
        ("", "", True, True),
        (HERE, "books0", False, True),
        ("", "risk1-books0", True, False),
        ("", "books1-risk0", False, True),
        ("", "notebooks1", False, False),
        ("", "<script>", True, True),
    ],
)
def test_when_a_part_is_open(content: str, left: str, is_usual: bool, wanted: bool) -> None:  # noqa: FBT001 -- a table
    assert is_open("books", content=content, left=left, is_usual=is_usual) is wanted


@pytest.mark.django_db
def test_our_staff_see_the_part_they_are_in_and_what_they_left_open(
    tenant: Tenant, at: datetime
) -> None:
    client = desk.at_the_desk("staff", None, at, works_for=tenant)

    def parts(page: str) -> dict[str, str]:
        return dict(PART.findall(client.get(page).content.decode()))

    closed = dict.fromkeys(("credit", "books", "risk", "data", "developer"), "")
    assert parts("/console/") == closed
    assert parts("/console/developer/guides/") == {**closed, "developer": "open"}
    client.cookies["menu_folds"] = "books1-developer0"
    assert parts("/console/developer/guides/") == {**closed, "books": "open", "developer": "open"}


@pytest.mark.django_db
def test_a_platforms_people_see_their_lines_and_no_empty_part(tenant: Tenant, at: datetime) -> None:
    page = (
        desk.at_the_desk("developer", tenant, at).get("/console/developer/guides/").content.decode()
    )
    assert PART.findall(page) == [("data", "open"), ("developer", "open")]
    assert page.count('/console/webhooks"') == 1
