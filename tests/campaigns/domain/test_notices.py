"""Every notice and every article leads to a page that exists; nothing else is told."""

import pytest
from django.urls import reverse

from campaigns.domain.articles import ARTICLES, articles_for
from campaigns.domain.notices import NOTICES, REMINDERS, notice_of
from credit.enums import ReminderKind
from tenants.domain.verticals import VERTICALS

ALL = {**NOTICES, **REMINDERS}


@pytest.mark.parametrize("name", ALL)
def test_a_notice_leads_to_a_page(name: str) -> None:
    notice = ALL[name]
    args = ["drw_x"] if notice.has_subject else []
    assert reverse(f"merchant:{notice.page}", args=args).startswith("/m/")


def test_every_reminder_has_its_notice() -> None:
    assert set(REMINDERS) == set(ReminderKind.values)


def test_what_is_not_in_the_matrix_is_not_told() -> None:
    assert notice_of("credit.drawdown.captured", {}) is None
    assert notice_of("credit.installment.reminder", {"kind": "never"}) is None


def test_a_refusal_has_no_reason() -> None:
    told = NOTICES["credit.application.declined"]
    assert "{" not in told.title + told.text


def test_articles_lead_to_pages_that_exist() -> None:
    assert len({one.code for one in ARTICLES}) == len(ARTICLES)
    for page in {one.page for one in ARTICLES} - {""}:
        assert reverse(f"merchant:{page}").startswith("/m/")


def test_a_trade_reads_its_own_articles_first() -> None:
    assert [one.code for one in articles_for("textile")][:2] == [
        "season_stock", "customer_pays_late",
    ]  # fmt: skip
    assert articles_for("pet")[0].code == "small_orders"
    assert {v for one in ARTICLES for v in one.verticals} <= set(VERTICALS)
