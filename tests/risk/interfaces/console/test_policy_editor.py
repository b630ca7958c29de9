"""The editor: cells typed by what a fact is counted in, rows moved, nothing typed ever lost."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from platform_app.kernel.tenancy import tenant_scope
from risk.models import Policy
from risk.operations.policy_drafts import draft_policy
from tenants.models import Member, Tenant
from tests.callers import browser
from tests.risk.interfaces.console.test_policies import (
    first,
    page_of,
    person,
    policy_of,
    said,
    stricter,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(at: datetime) -> Member:
    found: Member = person(at, 1)
    return found


@pytest.fixture
def client(officer: Member, tenant: Tenant) -> Client:
    return browser(officer, tenant=tenant)


@pytest.fixture
def draft(officer: Member, tenant: Tenant, at: datetime) -> Policy:
    body = stricter(tenant)
    with tenant_scope(tenant.id):
        return draft_policy(body=body, actor=officer.id, at=at)


def sent(page: Any, **changes: str) -> dict[str, str]:
    """The form of a page as a browser would send it."""
    form = page.context["form"]
    found = {"columns": ",".join(form.columns), "rows": str(len(form.rows)), "do": "save"}
    for n, row in enumerate(form.rows):
        found |= {f"r{n}-id": row.id, f"r{n}-answer": row.answer, f"r{n}-reason": row.reason}
        for fact, cell in row.cells.items():
            found |= {
                f"r{n}-{fact}-word": cell.word, f"r{n}-{fact}-low": cell.low,
                f"r{n}-{fact}-high": cell.high,
            }  # fmt: skip
    return found | {name.replace("__", "-"): value for name, value in changes.items()}


def edit(client: Client, policy: Policy, stage: str = "eligibility", **changes: str) -> Any:
    path = page_of(policy, f"/edit?stage={stage}")
    return client.post(path, sent(client.get(path), **changes))


def rows(tenant: Tenant, stage: int = 0) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy_of(tenant, 2).body["stages"][stage]["rows"]
    return found


def ids(page: Any) -> list[str]:
    return [row.id for row in page.context["form"].rows]


@pytest.mark.parametrize("stage", ["eligibility", "knock_out", "grade", "outcome", "terms"])
def test_what_is_stored_is_what_is_shown(
    client: Client, draft: Policy, tenant: Tenant, stage: str
) -> None:  # fmt: skip
    path = page_of(draft, f"/edit?stage={stage}")
    page = client.get(path)
    assert page.status_code == 200
    if stage == "terms":
        form = page.context["form"]
        typed = {one.name: one.text for one in (*form.terms, *form.by_grade)}
        assert (typed["max_limit_minor"][-3:], typed["price-A"]) == (".00", "7")
    else:
        typed = sent(page)
    saved = client.post(path, typed)
    assert (saved.status_code, saved["Location"]) == (302, path)
    assert policy_of(tenant, 2).body == stricter(tenant)


def test_cells_are_typed_by_what_the_fact_is_counted_in(
    client: Client, draft: Policy, tenant: Tenant
) -> None:
    done = edit(client, draft, r3__tenure_days__low="", r3__tenure_days__high="120")
    assert done.status_code == 302
    assert rows(tenant)[3]["when"] == {"tenure_days": {"range": [None, 120]}}
    for fact in ("net_gmv_l12_minor", "return_rate"):
        path = page_of(draft, "/edit?stage=eligibility")
        page = client.post(path, sent(client.get(path), do="column") | {"new-column": fact})
        assert fact in page.context["form"].columns
        names = {f"r6-{fact}-word": "missing", "do": "save"}
        inserted = client.post(path, sent(page, do="add:1"))
        assert inserted.status_code == 200
        typed = sent(inserted) | {
            "r1-id": f"by-{fact.split('_')[0]}", f"r1-{fact}-word": "range",
            f"r1-{fact}-low": "1234.5", f"r1-{fact}-high": "", "r1-answer": "decline",
            "r1-reason": "few_orders",
        }  # fmt: skip
        assert names["do"] == typed["do"]
        assert client.post(path, typed).status_code == 302
    found = {row["id"]: row["when"] for row in rows(tenant)}
    assert found["by-net"] == {"net_gmv_l12_minor": {"range": [123450, None]}}
    assert found["by-return"] == {"return_rate": {"range": ["12.345", None]}}


def test_a_gap_is_shown_beside_the_table_and_kept_in_a_draft(
    client: Client, draft: Policy, tenant: Tenant
) -> None:
    path = page_of(draft, "/edit?stage=outcome")
    without = client.post(path, sent(client.get(path), do="remove:4"))
    assert ids(without) == ["grade-unknown", "grade-e", "grade-d", "grade-a-to-c"]
    assert (without.context["gaps"], without.context["is_unsaved"]) == ([], True)
    narrowed = client.post(path, sent(without, do="check", r3__grade__low="A, B"))
    assert [one["code"] for one in narrowed.context["gaps"]] == ["gap"]
    assert len(rows(tenant, 3)) == 5
    assert client.post(path, sent(narrowed)).status_code == 302
    assert rows(tenant, 3)[3]["when"] == {"grade": {"in": ["A", "B"]}}
    again = client.get(path)
    assert (len(again.context["gaps"]), again.context["is_unsaved"]) == (1, False)


def test_rows_are_moved_added_and_taken_away_before_anything_is_kept(
    client: Client, draft: Policy, tenant: Tenant
) -> None:
    path = page_of(draft, "/edit?stage=grade")
    page = client.get(path)
    assert ids(page) == ["late-grade-unknown", "late-at-best-c", "grade-by-score"]
    up = client.post(path, sent(page, do="up:1"))
    assert ids(up) == ["late-at-best-c", "late-grade-unknown", "grade-by-score"]
    assert [line["has_focus"] for line in up.context["lines"]] == [True, False, False]
    down = client.post(path, sent(up, do="down:2"))
    assert ids(down) == ids(up)
    more = client.post(path, sent(down, do="add:3"))
    assert ids(more) == [*ids(up), "row-1"]
    fewer = client.post(path, sent(more, do="remove:3"))
    assert ids(fewer) == ids(up)
    for odd in ("remove:9", "up:x", "column:zodiac", "uncolumn:zodiac", "burn:1", ""):
        assert ids(client.post(path, sent(fewer, do=odd))) == ids(up)
    assert [row["id"] for row in rows(tenant, 2)] == ids(page)
    bare = client.post(path, sent(fewer, do="uncolumn:max_dpd_days"))
    assert bare.context["form"].columns == []
    assert [one["code"] for line in bare.context["lines"] for one in line["findings"]] == [
        "unreachable"
    ]


def test_a_fact_without_a_missing_row_gets_one_by_a_button(
    client: Client, draft: Policy, tenant: Tenant
) -> None:
    path = page_of(draft, "/edit?stage=knock_out")
    added = client.post(path, sent(client.get(path), do="column") | {"new-column": "return_rate"})
    typed = sent(added, do="check", r3__return_rate__word="range", r3__return_rate__low="30")
    checked = client.post(path, typed)
    (column,) = [one for one in checked.context["columns"] if one["fact"] == "return_rate"]
    assert column["lacks_missing"] is True
    assert f'value="missing:{column["fact"]}"' in checked.content.decode()
    done = client.post(path, sent(checked, do="missing:return_rate"))
    assert ids(done)[3] == "return-rate-unknown"
    assert not any(one["lacks_missing"] for one in done.context["columns"])
    assert client.post(path, sent(done)).status_code == 302
    assert rows(tenant, 1)[3] == {
        "id": "return-rate-unknown", "when": {"return_rate": {"missing": True}},
        "then": {"outcome": "decline", "reason": "trade_data_missing"},
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"r3-tenure_days-high": "sixty"}, {"r3-tenure_days-high": "60.5"},
        {"r3-tenure_days-high": ""}, {"r3-tenure_days-low": "70", "r3-tenure_days-high": "60"},
        {"r3-tenure_days-high": "9" * 20}, {"r3-tenure_days-high": "NaN"},
        {"r3-tenure_days-word": "like"}, {"r3-tenure_days-word": "eq", "r3-tenure_days-low": ""},
        {"r3-tenure_days-word": "in", "r3-tenure_days-low": " , "}, {"r3-id": "No"},
        {"r3-id": "inactive"}, {"r3-id": "grade-e"}, {"r3-answer": "approve"},
        {"r3-answer": "refer", "r3-reason": "zodiac"},
    ],
)  # fmt: skip
def test_what_is_refused_comes_back_as_it_was_typed(
    client: Client, draft: Policy, tenant: Tenant, change: dict[str, str]
) -> None:
    path = page_of(draft, "/edit?stage=eligibility")
    typed = sent(client.get(path)) | {"r1-order_count_total-high": "5"} | change
    refused = client.post(path, typed)
    assert refused.status_code == 422
    assert sent(refused) == typed
    assert 'role="alert"' in refused.content.decode()
    assert rows(tenant) == stricter(tenant)["stages"][0]["rows"]


def test_grades_are_letters(client: Client, draft: Policy, tenant: Tenant) -> None:
    for change in ({"r3-grade-low": "A, Z"}, {"r3-grade-word": "range"}):
        path = page_of(draft, "/edit?stage=outcome")
        assert client.post(path, sent(client.get(path)) | change).status_code == 422
    edit(client, draft, "outcome", r3__grade__low="a、c b")
    assert rows(tenant, 3)[3]["when"] == {"grade": {"in": ["A", "C", "B"]}}


def test_terms_and_prices(client: Client, draft: Policy, tenant: Tenant) -> None:
    path = page_of(draft, "/edit?stage=terms")
    form = client.get(path).context["form"]
    typed = {one.name: one.text for one in (*form.terms, *form.by_grade)}
    done = client.post(path, typed | {"max_limit_minor": "¥123,456.70", "price-B": "8.25 %"})
    assert done.status_code == 302
    body = policy_of(tenant, 2).body
    assert (body["limit"]["max_limit_minor"], body["price"]["B"]) == (12_345_670, "0.0825")
    for change in (
        {"price-B": "-1"}, {"term_days": "1.5"}, {"max_limit_minor": "1.234"}, {"lgd": ""},
    ):  # fmt: skip
        refused = client.post(path, typed | change)
        assert refused.status_code == 422
        assert {one.name: one.text for one in refused.context["form"].terms}["lgd"] == (
            change.get("lgd", typed["lgd"])
        )
    whole = client.post(path, typed | {"lgd": "101"})
    assert (whole.status_code, len(said(whole))) == (422, 1)
    assert policy_of(tenant, 2).body == body


def test_only_its_drafter_and_only_a_draft(
    client: Client, draft: Policy, tenant: Tenant, at: datetime
) -> None:  # fmt: skip
    other = browser(person(at, 2), tenant=tenant)
    path = page_of(draft, "/edit")
    assert other.get(path)["Location"] == page_of(draft)
    assert other.post(path, {"do": "save", "rows": "0"})["Location"] == page_of(draft)
    assert client.get(page_of(first(tenant), "/edit"))["Location"] == page_of(first(tenant))
    assert policy_of(tenant, 2).body == stricter(tenant)


def test_a_table_has_an_end(client: Client, draft: Policy) -> None:
    path = page_of(draft, "/edit?stage=grade")
    page = client.get(path)
    typed = sent(page, do="add:3") | {"rows": "150"}
    typed |= {f"r{n}-id": f"row-{n}" for n in range(3, 150)}
    full = client.post(path, typed)
    assert len(full.context["form"].rows) == 150
    assert full.context["form"].error != ""


@pytest.mark.parametrize("stage", ["eligibility", "outcome"])
def test_the_editor_costs_the_same_for_any_table(
    client: Client, draft: Policy, stage: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:  # fmt: skip
    with django_assert_num_queries(4):
        assert client.get(page_of(draft, f"/edit?stage={stage}")).status_code == 200
