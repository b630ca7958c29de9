"""The product pages: who sees and does what, the live preview, the editor, two people."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.domain.allocation import AllocationRule, FutureRule
from credit.domain.terms import ProductTerms
from credit.interfaces.console.product_fields import TERM_FIELDS
from credit.interfaces.console.product_rows import PLACES
from credit.models import Product, ProductVersion
from credit.operations.product_versions import (
    approve_product_version,
    draft_product_version,
    edit_product_version,
    submit_product_version,
)
from credit.operations.products import standard_terms
from credit.operations.quotes import make_quotes
from credit.queries.business_day import open_day
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.callers import browser, member
from tests.credit import lenders, lives

pytestmark = pytest.mark.django_db


def versions(tenant: Tenant) -> list[ProductVersion]:
    with tenant_scope(tenant.id):
        return list(ProductVersion.objects.order_by("number"))


def drafted(tenant: Tenant, at: datetime, grace_days: int = 5) -> ProductVersion:
    with tenant_scope(tenant.id):
        product = Product.objects.get()
        version = draft_product_version(product_id=product.id, actor="usr_one", at=at)
        return edit_product_version(
            version_id=version.id, terms={**version.terms, "grace_days": grace_days},
            lowest_rate=Decimal("0.072"), highest_rate=Decimal("0.114"),
            funding_source_id=version.funding_source_id, actor="usr_one", at=at,
        )  # fmt: skip


def submitted(tenant: Tenant, at: datetime, actor: str, grace_days: int = 5) -> ProductVersion:
    version = drafted(tenant, at, grace_days)
    with tenant_scope(tenant.id):
        return submit_product_version(version_id=version.id, actor=actor, at=at)


def published(tenant: Tenant, at: datetime, grace_days: int) -> ProductVersion:
    version = submitted(tenant, at, "usr_one", grace_days)
    with tenant_scope(tenant.id):
        return approve_product_version(version_id=version.id, actor="usr_two", at=at)


def page_of(version: ProductVersion, rest: str = "") -> str:
    return f"/console/products/versions/{version.id}{rest}"


def typed(value: Any) -> str:
    return "" if value is None else str(value)


def form_of(version: ProductVersion, **change: Any) -> dict[str, Any]:
    """What the browser sends back for this draft."""
    terms = version.terms
    data: dict[str, Any] = {
        field.name: typed(field.initial(terms[field.name])) for field in TERM_FIELDS
    }
    data |= {
        "funding_source": version.funding_source_id, "lowest_rate": "7.2", "highest_rate": "11.4",
        "option-TOTAL_FORMS": str(len(terms["options"]) + 1),
        "option-INITIAL_FORMS": str(len(terms["options"])),
    }  # fmt: skip
    read = ProductTerms.from_json(terms)
    data |= {"fee-TOTAL_FORMS": "1", "fee-INITIAL_FORMS": "0", "fee-0-timing": "at_start"}
    count = str(len(read.allocation))
    data |= {"rule-TOTAL_FORMS": count, "rule-INITIAL_FORMS": count}
    for number, rule in enumerate(read.allocation):
        parts = [word.removeprefix("past_due_") for word in rule.order[:4]]
        data |= {f"rule-{number}-{place}": part for place, part in zip(PLACES, parts, strict=True)}
        data |= {f"rule-{number}-credit": rule.credit, f"rule-{number}-future": rule.future.value}
    blank = {"code": "", "method": "bullet", "installments": "", "every": "", "unit": "day"}
    for number, option in enumerate([*terms["options"], blank]):
        data |= {f"option-{number}-{name}": typed(value) for name, value in option.items()}
    return {**data, **change}


def said_by(answer: Any) -> list[str]:
    return [str(message) for message in answer.context["messages"]]


def test_every_term_has_its_line_in_the_table() -> None:
    terms = standard_terms(option_codes=["bullet_30"], interest_free_days=0, grace_days=3)
    assert {field.name for field in TERM_FIELDS} == set(terms.to_json()) - {
        "options",
        "fees",
        "allocation",
    }


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(1, item_count):
        published(tenant, at, 3 + number)
    client = desk.at_the_desk("viewer", tenant, at)
    with django_assert_num_queries(5):
        page = client.get("/console/products")
    [row] = page.context["rows"]
    assert len(row.versions) == item_count
    assert "Draft the next version" not in page.content.decode()


@pytest.mark.parametrize("item_count", [1, 3])
def test_a_version_costs_the_same_for_any_number_of_versions(
    tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(1, item_count):
        published(tenant, at, 3 + number)
    client = desk.at_the_desk("viewer", tenant, at)
    with django_assert_num_queries(11):
        assert client.get(page_of(versions(tenant)[-1])).status_code == 200


def test_the_preview_is_the_quote(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        quotes = make_quotes(
            line_id=line.id, amount_minor=1_234_567, order_no="SO-1", option_codes=None, at=at
        )
        day = open_day()
    client = desk.at_the_desk("viewer", tenant, at)
    [version] = versions(tenant)
    for quote in quotes:
        asked = {
            "amount": "12345.67", "on": day.isoformat(), "option": quote.option_code,
            "rate": f"{(line.annual_rate * 100).normalize():f}",
        }  # fmt: skip
        page = client.get(page_of(version, "/preview"), asked)
        shown = page.context["shown"]
        assert shown.interest_minor == quote.interest_minor
        assert [row.due_on.isoformat() for row in shown.rows] == [
            row["due_on"] for row in quote.plan
        ]
        assert shown.ways[0].apr.simple.quantize(Decimal("0.000001")) == quote.apr_simple


def test_the_preview_says_where_the_caps_lie(tenant: Tenant, at: datetime) -> None:
    client = desk.at_the_desk("viewer", tenant, at)
    [version] = versions(tenant)
    cheap = client.get(page_of(version, "/preview"), {"rate": "7.2"})
    dear = client.get(page_of(version, "/preview"), {"rate": "36"})
    assert cheap.context["found_blocks"] == []
    assert [rule.cap for rule, _ in cheap.context["rules"]] == [Decimal("0.12"), Decimal("0.24")]
    assert [mark.is_above for mark in cheap.context["marks"]["ways"]] == [False, False, False]
    assert len(dear.context["found_blocks"]) == 1
    assert dear.context["marks"]["ways"][2].is_above
    assert "24.00%" in dear.content.decode()


@pytest.mark.parametrize(
    "asked",
    [
        {"amount": "-1"}, {"amount": "x"}, {"on": "tomorrow"}, {"option": "bullet_1"},
        {"rate": "101"}, {"amount": "9" * 20}, {"on": "9999-12-31"},
    ],
)  # fmt: skip
def test_what_cannot_be_computed_says_so(
    tenant: Tenant, at: datetime, asked: dict[str, str]
) -> None:
    client = desk.at_the_desk("viewer", tenant, at)
    page = client.get(page_of(versions(tenant)[0], "/preview"), asked)
    assert (page.status_code, page.context["shown"]) == (200, None)


def test_from_the_list_to_published_by_two_people(tenant: Tenant, at: datetime) -> None:
    one = desk.at_the_desk("owner", tenant, at)
    two = desk.sign_in(Client(), desk.member("staff", None, at), works_for=tenant)
    [first] = versions(tenant)
    opened = one.post(f"/console/products/{first.product_id}/draft")
    draft = versions(tenant)[1]
    assert opened.headers["Location"] == page_of(draft, "/edit")
    assert one.get(page_of(draft, "/edit")).status_code == 200
    fresh = form_of(
        draft, grace_days="7", minimum_minor="200.50",
        **{"option-2-code": "bullet_45", "option-2-method": "bullet", "option-2-installments": "1",
           "option-2-every": "45", "option-2-unit": "day"},
    )  # fmt: skip
    saved = one.post(page_of(draft, "/edit"), fresh, follow=True)
    assert saved.redirect_chain == [(page_of(draft), 302)]
    terms = ProductTerms.from_json(versions(tenant)[1].terms)
    assert (terms.grace_days, terms.minimum_minor) == (7, 20_050)
    assert [option.code for option in terms.options] == ["bullet_30", "bullet_60", "bullet_45"]
    changed = {term.label for term in saved.context["terms"] if term.is_changed}
    assert len(changed) == 3, changed
    sent = one.post(page_of(draft, "/submit"), follow=True)
    assert (sent.context["version"].status, sent.context["is_own"]) == ("submitted", True)
    assert page_of(draft, "/approve") not in sent.content.decode()
    alone = one.post(page_of(draft, "/approve"), follow=True)
    assert alone.context["version"].status == "submitted"
    assert len(said_by(alone)) == 1
    done = two.post(page_of(draft, "/approve"), follow=True)
    assert done.context["version"].status == "published"
    assert [version.status for version in versions(tenant)] == ["retired", "published"]
    assert done.context["people"]["submitted"] == "owner"
    assert done.context["people"]["approved"] == "staff"
    assert one.get(page_of(draft, "/edit")).headers["Location"] == page_of(draft)


def test_sending_back_with_a_reason(tenant: Tenant, at: datetime) -> None:
    version = submitted(tenant, at, "usr_one")
    owner = desk.at_the_desk("owner", tenant, at)
    silent = owner.post(page_of(version, "/reject"), {"reason": " "}, follow=True)
    assert silent.context["version"].status == "submitted"
    back = owner.post(page_of(version, "/reject"), {"reason": "宽限期太长"}, follow=True)
    assert back.context["version"].status == "draft"
    assert "宽限期太长" in back.content.decode()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"grace_days": "31"}, "__all__"),
        ({"grace_days": "-1"}, "grace_days"),
        ({"lowest_rate": "12"}, "highest_rate"),
        ({"minimum_minor": "0.001"}, "minimum_minor"),
        ({"day_count": "act/7"}, "day_count"),
        ({"funding_source": "fnd_01h2xcejqtf2nbrexx3vqjhp41"}, "funding_source"),
        ({"option-0-code": "Bullet 30"}, ""),
        ({"option-0-installments": ""}, ""),
        ({"option-0-code": "", "option-1-code": "", "option-2-code": ""}, "__all__"),
    ],
)
def test_a_wrong_draft_is_not_saved(
    tenant: Tenant, at: datetime, change: dict[str, str], field: str
) -> None:
    version = drafted(tenant, at)
    before = versions(tenant)[1].terms
    page = desk.at_the_desk("owner", tenant, at).post(
        page_of(version, "/edit"), form_of(version, **change)
    )
    assert page.status_code == 422
    assert versions(tenant)[1].terms == before
    if field:
        assert list(page.context["form"].errors) == [field]
    else:
        assert not page.context["options"].is_valid()


def test_a_draft_above_the_cap_says_so_and_is_not_submitted(tenant: Tenant, at: datetime) -> None:
    version = drafted(tenant, at)
    owner = desk.at_the_desk("owner", tenant, at)
    owner.post(page_of(version, "/edit"), form_of(version, highest_rate="36"))
    page = owner.get(page_of(version))
    assert len(page.context["blocks"]) >= 1
    refused = owner.post(page_of(version, "/submit"), follow=True)
    assert refused.context["version"].status == "draft"
    assert "24.00%" in said_by(refused)[0]


@pytest.mark.parametrize("role", ["operator", "finance", "viewer", "developer"])
def test_only_administrators_and_staff_decide(tenant: Tenant, at: datetime, role: str) -> None:
    version = submitted(tenant, at, "usr_one")
    client = desk.at_the_desk(role, tenant, at)
    reads = 403 if role == "developer" else 200
    for path in ("", "/preview"):
        assert client.get(page_of(version, path)).status_code == reads
    assert client.get("/console/products").status_code == reads
    for path in ("/submit", "/approve", "/reject", "/edit"):
        assert client.post(page_of(version, path), {"reason": "x"}).status_code == 403
    assert client.post(f"/console/products/{version.product_id}/draft").status_code == 403
    assert versions(tenant)[1].status == "submitted"


def test_another_platforms_product_is_not_there(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    version = submitted(other_tenant, at, "usr_one")
    owner = desk.at_the_desk("owner", tenant, at)
    for path in ("", "/preview", "/edit"):
        assert owner.get(page_of(version, path)).status_code == 404
        assert Client().get(page_of(version, path)).status_code == 302
    for path in ("/submit", "/approve", "/reject"):
        assert owner.post(page_of(version, path), {"reason": "x"}).status_code == 404
    for product in (version.product_id, "prd_malformed"):
        assert owner.post(f"/console/products/{product}/draft").status_code == 404
    assert owner.get("/console/products/versions/prv_malformed").status_code == 404
    [row] = owner.get("/console/products").context["rows"]
    assert [one.version.number for one in row.versions] == [1]
    assert versions(other_tenant)[1].status == "submitted"


# --- Fees, allocation, new products --------------------------------------------------------------

SERVICE = {
    "fee-0-code": "service_fee", "fee-0-name": "服务费", "fee-0-timing": "at_start",
    "fee-0-payee": "萌宠采购网", "fee-0-amount": "10", "fee-0-percent": "0.5",
}  # fmt: skip


def test_fees_are_written_previewed_and_taken_away(tenant: Tenant, at: datetime) -> None:
    version = drafted(tenant, at)
    owner = desk.at_the_desk("owner", tenant, at)
    tried = owner.post(page_of(version, "/try"), form_of(version, **SERVICE))
    assert (tried.context["shown"].fee_minor, tried.context["shown"].amount_minor) == (
        6_000, 1_000_000,
    )  # fmt: skip
    assert versions(tenant)[1].terms == version.terms  # nothing is saved
    owner.cookies["django_language"] = "en"
    page = owner.post(page_of(version, "/edit"), form_of(version, **SERVICE), follow=True)
    [fee] = ProductTerms.from_json(versions(tenant)[1].terms).fees
    assert (fee.code, fee.payee, fee.amount_minor, fee.share_rate) == (
        "service_fee", "萌宠采购网", 1_000, Decimal("0.005"),
    )  # fmt: skip
    assert page.context["shown"].fee_minor == 6_000
    [line] = [term for term in page.context["terms"] if term.label == "Fees"]
    assert (line.before, line.words) == (
        "None", "服务费: ¥10.00 + 0.5 percent of the principal · At the drawdown · to 萌宠采购网",
    )  # fmt: skip
    [version] = [one for one in versions(tenant) if one.pk == version.pk]
    initial = owner.get(page_of(version, "/edit")).context["fees"].initial
    assert initial == [{
        "code": "service_fee", "name": "服务费", "timing": "at_start", "payee": "萌宠采购网",
        "amount": Decimal(10), "percent": Decimal("0.5"),
    }]  # fmt: skip
    gone = {**SERVICE, "fee-0-code": "", "fee-INITIAL_FORMS": "1"}
    owner.post(page_of(version, "/edit"), form_of(version, **gone))
    assert ProductTerms.from_json(versions(tenant)[1].terms).fees == ()


def test_where_payments_go_is_edited_as_a_table(tenant: Tenant, at: datetime) -> None:
    version = drafted(tenant, at)
    owner = desk.at_the_desk("owner", tenant, at)
    before = ProductTerms.from_json(version.terms).allocation
    change = {
        "rule-0-first": "interest", "rule-0-second": "penalty", "rule-0-third": "fee",
        "rule-TOTAL_FORMS": "4", "rule-3-credit": "goodwill", "rule-3-first": "principal",
        "rule-3-second": "interest", "rule-3-third": "fee", "rule-3-fourth": "penalty",
        "rule-3-future": "last_installment",
    }  # fmt: skip
    assert owner.post(page_of(version, "/edit"), form_of(version, **change)).status_code == 302
    after = ProductTerms.from_json(versions(tenant)[1].terms).allocation
    assert after == (
        AllocationRule.of("interest penalty fee principal"),
        *before[1:],
        AllocationRule.of(
            "principal interest fee penalty", credit="goodwill", future=FutureRule.LAST
        ),
    )
    owner.cookies["django_language"] = "en"
    terms = {term.label: term for term in owner.get(page_of(version)).context["terms"]}
    assert terms["Clears: Goodwill"].words == (
        "Principal → Interest → Fee → Penalty interest · early: the last installment"
    )
    assert terms["Clears: Goods that came back"].is_changed is False


def test_an_order_of_its_own_kind_stays_while_untouched(tenant: Tenant, at: datetime) -> None:
    version = drafted(tenant, at)
    own = {
        "credit": "default", "future": "next_installment",
        "order": [f"{due}_{part}" for part in ("penalty", "fee", "interest", "principal")
                  for due in ("past_due", "due", "in_advance")],
    }  # fmt: skip
    with tenant_scope(tenant.id):
        version = edit_product_version(
            version_id=version.id, terms={**version.terms, "allocation": [own]},
            lowest_rate=Decimal("0.072"), highest_rate=Decimal("0.114"),
            funding_source_id=version.funding_source_id, actor="usr_one", at=at,
        )  # fmt: skip
    owner = desk.at_the_desk("owner", tenant, at)
    parts = dict(zip(PLACES, ("penalty", "fee", "interest", "principal"), strict=True))
    data = form_of(version) | {f"rule-0-{place}": part for place, part in parts.items()}
    owner.post(page_of(version, "/edit"), data)
    assert ProductTerms.from_json(versions(tenant)[1].terms).to_json()["allocation"] == [own]


@pytest.mark.parametrize(
    "change",
    [
        {**SERVICE, "fee-0-amount": "", "fee-0-percent": ""},
        {**SERVICE, "fee-0-name": ""},
        {**SERVICE, "fee-0-payee": ""},
        {**SERVICE, "fee-0-code": "Service Fee"},
        {**SERVICE, "fee-0-code": "interest"},
        {**SERVICE, "fee-0-timing": "whenever"},
        {"rule-0-first": "principal"},
        {"rule-0-credit": ""},
        {"rule-0-future": "somewhere"},
    ],
)
def test_wrong_rows_are_not_saved_and_not_priced(
    tenant: Tenant, at: datetime, change: dict[str, str]
) -> None:
    version = drafted(tenant, at)
    before = versions(tenant)[1].terms
    owner = desk.at_the_desk("owner", tenant, at)
    data = form_of(version, **change)
    assert owner.post(page_of(version, "/edit"), data).status_code == 422
    tried = owner.post(page_of(version, "/try"), data)
    assert (tried.status_code, tried.context["shown"]) == (200, None)
    assert versions(tenant)[1].terms == before


NEW = {
    "name": "春季专享", "code": "spring_credit", "kind": "trade_credit", "lowest_rate": "8",
    "highest_rate": "12", "like": "",
}  # fmt: skip


@pytest.mark.parametrize("is_copy", [False, True])
def test_a_new_product_from_its_name_to_its_first_offer(
    tenant: Tenant, at: datetime, *, is_copy: bool
) -> None:
    one = desk.at_the_desk("owner", tenant, at)
    two = desk.at_the_desk("staff", None, at, works_for=tenant)
    assert one.get("/console/products/new").status_code == 200
    [first] = versions(tenant)
    said = {**NEW, "funding_source": first.funding_source_id}
    said["like"] = first.product_id if is_copy else ""
    answer = one.post("/console/products/new", said)
    with tenant_scope(tenant.id):
        product = Product.objects.get(code="spring_credit")
        draft = ProductVersion.objects.get(product=product)
    assert answer.headers["Location"] == page_of(draft, "/edit")
    assert (draft.status, draft.number, product.kind) == ("draft", 1, "trade_credit")
    codes = [option.code for option in ProductTerms.from_json(draft.terms).options]
    assert codes == (["bullet_30", "bullet_60", "equal_3"] if is_copy else ["bullet_30"])
    assert one.post(page_of(draft, "/edit"), form_of(draft)).status_code == 302
    one.post(page_of(draft, "/submit"))
    done = two.post(page_of(draft, "/approve"), follow=True)
    assert done.context["version"].status == "published"
    assert {row.product.name for row in one.get("/console/products").context["rows"]} == {
        "采购白条", "春季专享",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"code": "order_credit"}, "code"),
        ({"code": "Spring"}, "code"),
        ({"name": ""}, "name"),
        ({"kind": "gift"}, "kind"),
        ({"lowest_rate": "13"}, "highest_rate"),
        ({"funding_source": "fnd_01h2xcejqtf2nbrexx3vqjhp41"}, "funding_source"),
        ({"like": "prd_01h2xcejqtf2nbrexx3vqjhp41"}, "like"),
    ],
)
def test_a_product_that_cannot_be_is_not_created(
    tenant: Tenant, other_tenant: Tenant, at: datetime, change: dict[str, str], field: str
) -> None:
    owner = desk.at_the_desk("owner", tenant, at)
    [first] = versions(tenant)
    said = {**NEW, "funding_source": first.funding_source_id, **change}
    page = owner.post("/console/products/new", said)
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    with tenant_scope(tenant.id):
        assert Product.objects.count() == 1
    for role in ("operator", "finance", "viewer"):
        client = desk.at_the_desk(role, tenant, at)
        assert client.get("/console/products/new").status_code == 403
        assert client.post(page_of(first, "/try"), {}).status_code == 403
    neighbor = desk.at_the_desk("owner", other_tenant, at)
    assert neighbor.post(page_of(first, "/try"), {}).status_code == 404
    assert Client().post("/console/products/new", said).status_code == 302
    with tenant_scope(tenant.id):
        assert Product.objects.count() == 1


# --- Lenders in the contract ---------------------------------------------------------------------


def test_staff_name_further_lenders_before_anybody_is_offered(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    [version] = versions(tenant)
    staff = desk.at_the_desk("staff", None, at, works_for=tenant)
    with tenant_scope(tenant.id):
        banks = [lenders.source(name, at) for name in ("甲银行", "乙银行")]
    said = {"lender": banks[1].id}
    for role in ("owner", "finance", "viewer"):
        client = desk.at_the_desk(role, tenant, at)
        assert client.post(page_of(version, "/lenders"), said).status_code == 403
        assert client.get(page_of(version)).context["further"] == []
    assert Client().post(page_of(version, "/lenders"), said).status_code == 302
    other = browser(member(None, "staff", at), tenant=other_tenant)
    assert other.post(page_of(version, "/lenders"), said).status_code == 404
    assert len(staff.get(page_of(version)).context["further"]) == 2
    assert staff.post(page_of(version, "/lenders"), said).status_code == 302
    page = staff.get(page_of(version))
    assert [one.name for one in page.context["lenders"]] == ["示例小额贷款有限公司", "乙银行"]
    assert staff.post(page_of(version, "/lenders"), said).status_code == 404  # named already
    assert staff.post(page_of(version, "/lenders"), {"lender": "fnd_x"}).status_code == 404
    with tenant_scope(tenant.id):
        lives.line_of(lives.merchant_with_trade("P1", at), at)
    late = staff.post(page_of(version, "/lenders"), {"lender": banks[0].id}, follow=True)
    assert len(said_by(late)) == 1
    assert [one.name for one in late.context["lenders"]] == ["示例小额贷款有限公司", "乙银行"]
