"""Pages for when something is not as it should be: they need nothing but themselves."""

from datetime import datetime

import pytest
from django.template.loader import render_to_string
from django.test import Client

from tenants.models import Tenant
from tests.analytics import desk


@pytest.mark.parametrize("status", [403, 404, 500])
def test_an_error_page_stands_alone(status: int) -> None:
    """Django renders 500.html without a request or a context."""
    assert 'href="/console/"' in render_to_string(f"{status}.html")


@pytest.mark.django_db
def test_a_refusal_names_the_request(tenant: Tenant, at: datetime) -> None:
    answer = desk.at_the_desk("developer", tenant, at).get("/console/merchants")

    assert answer.status_code == 403
    assert answer.headers["BT-Request-Id"] in answer.content.decode()


@pytest.mark.django_db
def test_no_page_needs_an_inline_script_or_style(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("owner", tenant, at)

    for page in ("", "merchants", "drawdowns", "imports", "webhooks", "books/days"):
        text = client.get(f"/console/{page}").content.decode()
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count("<script src=") + text.count(
            'type="application/json"'
        )
    assert b"<script" not in Client().get("/console/login").content
