"""A merchant's own papers, behind the token of the visit."""

from datetime import date, datetime

import pytest

from credit.models import Document, Drawdown
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant
from tests.credit import lives
from tests.credit.papers import text_of
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

pytestmark = pytest.mark.django_db
PAGE = "/m/documents/"


def papers(drawdown: Drawdown) -> list[Document]:
    with tenant_scope(drawdown.tenant_id):
        return list(Document.objects.order_by("id"))


def test_the_note_of_a_drawdown_is_made_found_and_fetched(visit: Visit, drawn: Drawdown) -> None:
    assert "Nothing was issued yet" in words(visit.get(PAGE))
    bill = visit.get(f"/m/bills/{drawn.id}/").content.decode()
    assert f'action="/m/bills/{drawn.id}/document/"' in bill

    assert gone_to(visit.post(f"/m/bills/{drawn.id}/document/")) == PAGE

    (paper,) = papers(drawn)
    assert (paper.kind, paper.made_by) == ("receipt", f"merchant:{drawn.merchant_id}")
    page = visit.get(PAGE).content.decode()
    assert f'href="/m/documents/{paper.id}.pdf"' in page
    assert f'data-download="{paper.file_name}"' in page
    answer = visit.get(f"/m/documents/{paper.id}.pdf")
    assert answer.content == bytes(paper.content)
    assert answer["Content-Type"] == "application/pdf"
    assert "借据" in text_of(answer.content)


def test_once_paid_off_the_same_press_makes_the_certificate(
    visit: Visit, drawn: Drawdown, at: datetime
) -> None:
    with tenant_scope(drawn.tenant_id):
        lives.repaid(drawn, drawn.captured_minor, "PAY-1", at)
    visit.post(f"/m/bills/{drawn.id}/document/")
    assert [paper.kind for paper in papers(drawn)] == ["payoff_certificate"]


def test_the_statement_of_a_closed_month_and_the_agreement(
    merchant: Merchant, drawn: Drawdown, at: datetime
) -> None:
    with tenant_scope(drawn.tenant_id):
        later = lives.close_until(date(2026, 5, 2))
    visit = visit_of(merchant, at, locale="en")
    page = visit.get(PAGE).content.decode()
    assert [month for month in ("2026-02", "2026-03", "2026-04", "2026-05") if month in page] == [
        "2026-03", "2026-04",
    ]  # fmt: skip
    assert gone_to(visit.post(f"{PAGE}statement/", {"month": "2026-04"})) == PAGE
    assert gone_to(visit.post(f"{PAGE}contract/")) == PAGE
    assert later.day == 2
    statement, contract = papers(drawn)
    assert (statement.kind, contract.kind) == ("statement", "contract")
    assert "2026年4月1日至2026年4月30日" in text_of(statement.content)


@pytest.mark.parametrize(
    ("month", "code"),
    [("2026-03", "period_not_closed"), ("2026-13", "period_invalid"), ("", "period_invalid")],
)
def test_a_month_that_is_not_over_has_no_statement(
    visit: Visit, drawn: Drawdown, month: str, code: str
) -> None:
    answer = visit.post(f"{PAGE}statement/", {"month": month})
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert papers(drawn) == []


def test_strangers_get_nothing(visit: Visit, drawn: Drawdown, strangers: list[Visit]) -> None:
    visit.post(f"/m/bills/{drawn.id}/document/")
    (paper,) = papers(drawn)
    for stranger in strangers:
        assert paper.id not in stranger.get(PAGE).content.decode()
        assert stranger.get(f"/m/documents/{paper.id}.pdf").status_code == 404
        assert stranger.get("/m/documents/nonsense.pdf").status_code == 404
        assert stranger.post(f"/m/bills/{drawn.id}/document/").status_code == 404
    for path in (PAGE, f"/m/documents/{paper.id}.pdf"):
        assert Visit().get(path).status_code == 401
    assert len(papers(drawn)) == 1


def test_without_a_line_there_is_no_agreement(visit: Visit) -> None:
    assert visit.post(f"{PAGE}contract/").status_code == 404
    assert f'action="{PAGE}contract/"' not in visit.get(PAGE).content.decode()
