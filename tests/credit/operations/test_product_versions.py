"""Products by two people: drafted, submitted, approved by another; caps before all of it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Model

from credit import errors
from credit.domain.caps import Path, paths
from credit.domain.fees import Fee, FeeTiming
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.models import (
    Application,
    CostSheetItem,
    CreditLine,
    Drawdown,
    FundingSource,
    LoanEvent,
    Offer,
    Product,
    ProductVersion,
    Quote,
)
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.product_versions import (
    approve_product_version,
    draft_product_version,
    edit_product_version,
    reject_product_version,
    submit_product_version,
)
from credit.operations.products import publish_product, standard_terms
from credit.operations.quotes import make_quotes
from credit.operations.reference_changes import (
    approve_reference_change,
    propose_reference_change,
)
from credit.queries.business_day import open_day
from credit.queries.calendar import workday_test
from credit.queries.caps import judge_version
from credit.tasks import decide_applications
from platform_app.kernel import audit, clock, ids
from platform_app.kernel.errors import DomainError, ReasonNeeded, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.tenancy import NoScope, no_scope, tenant_scope
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
WATCHED: tuple[type[Model], ...] = (AuditRecord, Event, Offer, Product, ProductVersion, Quote)
LOW, HIGH = Decimal("0.072"), Decimal("0.114")


def refuse(error: type[DomainError], act: Any) -> DomainError:
    def everything() -> list[list[dict[str, Any]]]:
        return [list(model._default_manager.order_by("id").values()) for model in WATCHED]

    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert everything() == before
    return caught.value


def draft(at: datetime) -> ProductVersion:
    product = Product.objects.get(code=ORDER_CREDIT)
    return draft_product_version(product_id=product.id, actor="usr_one", at=at)


def edit(version: ProductVersion, at: datetime, **change: Any) -> ProductVersion:
    facts = {
        "terms": {**version.terms, "grace_days": 5}, "lowest_rate": LOW, "highest_rate": HIGH,
        "funding_source_id": version.funding_source_id, "actor": "usr_one",
    }  # fmt: skip
    return edit_product_version(version_id=version.id, at=at, **{**facts, **change})


def submitted(at: datetime) -> ProductVersion:
    version = edit(draft(at), at)
    return submit_product_version(version_id=version.id, actor="usr_one", at=at)


def approve(version: ProductVersion, at: datetime, actor: str = "usr_two") -> ProductVersion:
    return approve_product_version(version_id=version.id, actor=actor, at=at)


def states() -> list[tuple[int, str]]:
    return list(ProductVersion.objects.order_by("number").values_list("number", "status"))


def test_what_a_platform_is_launched_with() -> None:
    version = ProductVersion.objects.select_related("product", "funding_source").get()
    assert (version.status, version.is_bootstrap, version.approved_by) == ("published", True, "")
    assert (version.lowest_rate, version.highest_rate) == (LOW, HIGH)
    assert AuditRecord.objects.get(subject=version.id).action == "credit.product.bootstrap"
    judgement = judge_version(version, on=date(2026, 3, 2))
    assert judgement.blocks == ()
    assert {finding.code for finding in judgement.warnings} == {"cap_exceeded"}


def test_from_draft_to_published(at: datetime) -> None:
    before = ProductVersion.objects.get()
    version = draft(at)
    assert (version.number, version.terms, version.sha256) == (2, before.terms, before.sha256)
    assert draft(at).id == version.id
    edit(version, at)
    assert states() == [(1, "published"), (2, "draft")]
    submit_product_version(version_id=version.id, actor="usr_one", at=at)
    assert states() == [(1, "published"), (2, "submitted")]
    published = approve(version, at)
    assert states() == [(1, "retired"), (2, "published")]
    assert (published.submitted_by, published.approved_by, published.published_at) == (
        "usr_one", "usr_two", at,
    )  # fmt: skip
    assert ProductTerms.from_json(published.terms).grace_days == 5
    actions = AuditRecord.objects.filter(subject=version.id).order_by("position")
    assert list(actions.values_list("action", "actor")) == [
        ("credit.product_version.draft", "usr_one"),
        ("credit.product_version.edit", "usr_one"),
        ("credit.product_version.submit", "usr_one"),
        ("credit.product_version.approve", "usr_two"),
    ]
    assert audit.first_broken_link() is None
    assert Event.objects.filter(name="credit.product.published").count() == 2
    assert approve(version, at).id == version.id
    assert Event.objects.filter(name="credit.product.published").count() == 2


def test_a_merchant_keeps_the_terms_that_were_signed(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    approve(submitted(at), at)
    quote = make_quotes(
        line_id=line.id, amount_minor=500_000, order_no="SO-1", option_codes=["bullet_30"], at=at
    )[0]
    assert quote.terms["grace_days"] == 3


def test_whoever_submitted_does_not_approve(at: datetime) -> None:
    version = submitted(at)
    refuse(SecondPersonNeeded, lambda: approve(version, at, "usr_one"))


def test_a_rejected_version_is_a_draft_again(at: datetime) -> None:
    version = submitted(at)
    turn_down = partial(reject_product_version, version_id=version.id, actor="usr_two", at=at)
    refuse(ReasonNeeded, lambda: turn_down(reason=" "))
    turn_down(reason="宽限期 太长")
    version.refresh_from_db()
    assert (version.status, version.rejected_by, version.rejected_reason) == (
        "draft", "usr_two", "宽限期 太长",
    )  # fmt: skip
    assert AuditRecord.objects.order_by("-position")[0].reason == "宽限期 太长"
    refuse(errors.ProductVersionNotSubmitted, lambda: turn_down(reason="x"))
    edit(version, at, terms={**version.terms, "grace_days": 4})
    submit_product_version(version_id=version.id, actor="usr_two", at=at)
    approve(version, at, "usr_one")
    assert states() == [(1, "retired"), (2, "published")]


def test_each_step_needs_its_state(at: datetime) -> None:
    published = ProductVersion.objects.get()
    submit = partial(submit_product_version, actor="usr_one", at=at)
    refuse(errors.ProductVersionNotDraft, lambda: edit(published, at))
    refuse(errors.ProductVersionNotDraft, lambda: submit(version_id=published.id))
    refuse(errors.ProductVersionNotSubmitted, lambda: approve(published, at))
    unchanged = draft(at)
    refuse(errors.ProductVersionNotSubmitted, lambda: approve(unchanged, at))
    refuse(errors.ProductUnchanged, lambda: submit(version_id=unchanged.id))
    version = submitted(at)
    refuse(errors.ProductVersionNotDraft, lambda: edit(version, at))
    refuse(errors.ProductVersionInWork, lambda: draft(at))
    nothing = ids.new_id("prv")
    refuse(errors.ProductVersionNotFound, lambda: submit(version_id=nothing))
    refuse(
        errors.ProductNotFound,
        lambda: draft_product_version(product_id=ids.new_id("prd"), actor="usr_one", at=at),
    )


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"terms": {}}, None),
        ({"terms": {"options": []}}, None),
        ({"lowest_rate": HIGH, "highest_rate": LOW}, "highest_rate"),
        ({"lowest_rate": Decimal("-0.01")}, "highest_rate"),
        ({"funding_source_id": "fnd_01h2xcejqtf2nbrexx3vqjhp41"}, "funding_source"),
    ],
)
def test_terms_that_contradict_themselves(
    at: datetime, change: dict[str, Any], field: str | None
) -> None:
    version = draft(at)
    refusal = refuse(errors.BadProductTerms, lambda: edit(version, at, **change))
    assert refusal.field == field


def test_contradictions_are_named(at: datetime) -> None:
    version = draft(at)
    refusal = refuse(
        errors.BadProductTerms,
        lambda: edit(version, at, terms={**version.terms, "grace_days": 31}),
    )
    assert "grace at most 30" in str(refusal)


def test_saying_the_same_changes_nothing(at: datetime) -> None:
    version = draft(at)
    before = AuditRecord.objects.count()
    edit(version, at, terms=version.terms, actor="usr_two")
    version.refresh_from_db()
    assert (version.drafted_by, AuditRecord.objects.count()) == ("usr_one", before)


def test_no_version_above_the_cap_is_submitted_or_published(at: datetime) -> None:
    # without free days 18 % becomes 24.75 % when 30 days are paid 90 days late
    terms = {**ProductVersion.objects.get().terms, "interest_free_days": 0}
    dear = edit(draft(at), at, terms=terms, highest_rate=Decimal("0.18"))
    refusal = refuse(
        errors.CapExceeded,
        lambda: submit_product_version(version_id=dear.id, actor="usr_one", at=at),
    )
    assert refusal.field == "terms"  # 24.75, and a fen of rounding on the smallest order
    assert refusal.facts == {
        "rate": "24.76", "cap": "24.00", "basis": "综合融资成本不超过年化 24 %",
        "option": "bullet_30", "late_days": 90,
    }  # fmt: skip
    refuse(
        errors.CapExceeded,
        lambda: publish_product(
            code="dear", name="贵的白条", funding_source_id=dear.funding_source_id,
            terms=standard_terms(option_codes=["bullet_30"], interest_free_days=0, grace_days=3),
            lowest_rate=LOW, highest_rate=Decimal("0.18"), actor="usr_one", at=at,
        ),
    )  # fmt: skip


def test_the_caps_are_judged_again_on_the_day_of_publishing(at: datetime) -> None:
    version = submitted(at)
    later = clock.moment_on(date(2028, 1, 1), 10)
    refusal = refuse(errors.CapExceeded, lambda: approve(version, later))
    assert refusal.facts["cap"] == "12.00"


def test_without_a_licence_four_times_the_lpr_is_the_end(at: datetime) -> None:
    version = edit(draft(at), at)
    FundingSource.objects.filter(pk=version.funding_source_id).update(licence_type="none")
    submit = partial(submit_product_version, version_id=version.id, actor="usr_one")
    refusal = refuse(errors.CapExceeded, lambda: submit(at=at))
    assert refusal.facts["cap"] == "12.00"
    unknown = refuse(errors.CapUnknown, lambda: submit(at=clock.moment_on(date(2025, 5, 19), 10)))
    assert unknown.facts["on"] == "2025-05-19"


def lower_the_cap(value: str, at: datetime) -> None:
    change = propose_reference_change(
        kind="cap_rule", reason="示例", actor="usr_one", at=at,
        payload={"licence_type": "microloan", "from_on": "2026-03-01", "kind": "fixed",
                 "value": value, "severity": "block", "basis": "示例上限", "source": "示例通知"},
    )  # fmt: skip
    approve_reference_change(change_id=change.id, actor="usr_two", at=at)


def test_no_quote_above_the_cap(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    ask = partial(make_quotes, line_id=line.id, amount_minor=500_000, order_no="SO-1", at=at)
    all_codes = [quote.option_code for quote in ask(option_codes=None)]
    assert len(all_codes) > 1
    worst = {
        finding.path.option: finding.rate
        for finding in judge_version(line.product_version, on=open_day()).warnings
        if finding.path
    }
    assert set(worst) == set(all_codes)
    lower_the_cap("0.001", at)
    refusal = refuse(errors.CapExceeded, lambda: ask(option_codes=["bullet_30"]))
    assert (refusal.field, refusal.facts["option"]) == ("term", "bullet_30")
    assert refusal.facts["basis"] == "示例上限"
    refuse(errors.CapExceeded, lambda: ask(option_codes=None))


def test_options_above_the_cap_are_left_out_while_another_remains(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    judgement = judge_version(line.product_version, on=open_day())
    rates = sorted(
        (finding.rate, finding.path.option)
        for finding in judgement.warnings
        if finding.path and finding.rate
    )
    assert rates[0][0] < rates[-1][0]
    ask = partial(make_quotes, line_id=line.id, amount_minor=1_000_000, order_no="SO-1", at=at)
    # between the dearest and the cheapest option at this line's own rate
    own = {
        code: max(path.apr.simple for path in _paths(line, code) if path.apr is not None)
        for code in line.offer.option_codes
    }
    dearest, next_one = sorted(own, key=lambda code: -own[code])[:2]
    lower_the_cap(str(((own[dearest] + own[next_one]) / 2).quantize(Decimal("1e-8"))), at)
    assert [quote.option_code for quote in ask(option_codes=None)] == [
        code for code in line.offer.option_codes if code != dearest
    ]
    refuse(errors.CapExceeded, lambda: ask(option_codes=[next_one, dearest]))
    assert len(ask(option_codes=[next_one])) == 1


def _paths(line: CreditLine, code: str) -> tuple[Path, ...]:
    product = ProductTerms.from_json(line.product_version.terms)
    return paths(
        DrawdownTerms.of(product, code, line.annual_rate), fees=(), amount_minor=1_000_000,
        value_on=open_day(), is_workday=workday_test(),
    )  # fmt: skip


def test_no_offer_above_the_cap_or_outside_the_price_range(at: datetime) -> None:
    later = at + timedelta(seconds=1)
    merchant = lives.merchant_with_trade("P1", at)
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="x", at=later
    )
    decide = partial(decide_application, application_id=application.id, actor="x", at=later)
    approve(_sold_between(at, "0.01", "0.02"), at)
    refusal = refuse(errors.PriceOutOfRange, decide)
    assert (refusal.facts["lowest"], refusal.facts["highest"]) == ("1.00", "2.00")
    approve(_sold_between(at, "0.01", "0.12"), at)
    lower_the_cap("0.001", at)
    refuse(errors.CapExceeded, decide)


def test_an_application_that_cannot_be_offered_holds_up_nobody(
    inside: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    later = at + timedelta(seconds=1)
    for one in sorted((inside, other_tenant), key=lambda tenant: tenant.id):
        with tenant_scope(one.id):
            merchant = lives.merchant_with_trade("P1", at)
            submit_application(
                merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="x",
                at=later,
            )  # fmt: skip
    approve(_sold_between(at, "0.01", "0.02"), at)
    Tenant.objects.update(is_virtual=False)
    with clock.travel(later):
        assert decide_applications() == 1
    assert Application.objects.get().status == "submitted"
    with tenant_scope(other_tenant.id):
        assert Application.objects.get().status == "approved"


def _sold_between(at: datetime, low: str, high: str) -> ProductVersion:
    version = edit(draft(at), at, lowest_rate=Decimal(low), highest_rate=Decimal(high))
    return submit_product_version(version_id=version.id, actor="usr_one", at=at)


def test_the_sheet_lists_its_items_and_keeps_the_lpr(at: datetime) -> None:
    lives.line_of(lives.merchant_with_trade("P1", at), at)
    sheet = Offer.objects.select_related("cost_sheet").get().cost_sheet
    items = CostSheetItem.objects.filter(cost_sheet=sheet)
    assert sorted(items.values_list("code", flat=True)) == ["interest", "penalty"]
    assert sheet.body["lpr"] == {"term": "1Y", "on": "2025-05-20", "value": "0.03000000"}
    sample = sheet.body["samples"][0]
    assert [late["days"] for late in sample["late"]] == [30, 90]
    assert sample["fee_minor"] == 0


def charge(drawdown: Drawdown, code: str | None, at: datetime) -> None:
    """What the fee event will be, written as the database sees it."""
    details = "'{}'" if code is None else f"""'{{"code": "{code}"}}'"""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO credit_loanevent (tenant_id, id, drawdown_id, seq, kind, amount_minor,"  # noqa: S608 -- codes of ours
            " value_on, booked_on, key, actor, at, details) SELECT tenant_id, gen_random_uuid(),"
            f" id, 99, 'fee', 100, %s, %s, %s, 'x', %s, {details}"
            " FROM credit_drawdown WHERE order_no = %s",
            [open_day(), open_day(), f"fee-{code}", at, drawdown.order_no],
        )


def test_nothing_off_the_sheet_can_be_charged(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    before = LoanEvent.objects.count()
    for code in ("service", None):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            charge(drawdown, code, at)
        cause: Any = caught.value.__cause__
        assert cause.diag.constraint_name == "credit_fee_on_cost_sheet"
    assert LoanEvent.objects.count() == before
    charge(drawdown, "penalty", at)
    assert LoanEvent.objects.count() == before + 1


FEES = [
    Fee(code="service", name="服务费", timing=FeeTiming.AT_START, payee="平台", amount_minor=50),
    Fee(code="late", name="逾期管理费", timing=FeeTiming.WHEN_LATE, payee="资金方",
        share_rate=Decimal("0.001")),
]  # fmt: skip


def with_fees(at: datetime) -> ProductVersion:
    version = draft(at)
    fees = [fee.to_json() for fee in FEES]
    edit(version, at, terms={**version.terms, "fees": fees})
    submit_product_version(version_id=version.id, actor="usr_one", at=at)
    return approve(version, at)


def test_fees_of_a_product_are_on_its_sheet_and_in_its_rate(at: datetime) -> None:
    assert with_fees(at).terms["fees"] == [fee.to_json() for fee in FEES]
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    sheet = line.offer.cost_sheet
    items = CostSheetItem.objects.filter(cost_sheet=sheet).order_by("id")
    assert list(items.values_list("code", flat=True)) == ["interest", "service", "penalty", "late"]
    assert sheet.body["items"][1]["for_sample_minor"] == 50
    assert sheet.body["contingent"][1]["for_sample_minor"] == 1_000
    assert {row["fee_minor"] for row in sheet.body["samples"]} == {50}
    [quote] = make_quotes(
        line_id=line.id, amount_minor=1_000_000, order_no="SO-1", option_codes=["bullet_30"], at=at
    )
    assert str(quote.apr_simple) == sheet.body["samples"][0]["apr_simple"]
    # 15 of 30 days are free: half the annual rate, and 0.50 yuan on 10,000 for 30 days
    assert quote.apr_simple > line.annual_rate / 2


def test_a_listed_fee_can_be_charged(at: datetime) -> None:
    with_fees(at)
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 500_000, "SO-1", at)
    charge(drawdown, "service", at)
    with pytest.raises(IntegrityError), transaction.atomic():
        charge(drawdown, "other", at)


def database_refuses(constraint: str, act: Any) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    cause: Any = caught.value.__cause__
    assert cause.diag.constraint_name == constraint


def test_the_database_holds_it_too(at: datetime) -> None:
    version = submitted(at)
    mine = ProductVersion.objects.filter(pk=version.pk)
    final = "credit_published_is_final"
    alone = {"status": "published", "approved_by": "usr_one"}
    first = ProductVersion.objects.filter(number=1)
    first.update(status="retired")
    database_refuses("credit_productversion_two_people", lambda: mine.update(**alone))
    database_refuses("credit_productversion_approved", lambda: mine.update(status="published"))
    database_refuses(final, lambda: mine.update(terms={}))
    database_refuses(final, lambda: mine.update(highest_rate=Decimal("0.3")))
    database_refuses(final, lambda: mine.update(is_bootstrap=True))
    database_refuses(final, lambda: mine.update(status="retired"))
    database_refuses(final, lambda: first.update(status="published"))
    reject_product_version(version_id=version.id, reason="x", actor="usr_two", at=at)
    database_refuses(final, lambda: mine.update(status="published", is_bootstrap=True))
    database_refuses("credit_productversion_rates", lambda: mine.update(lowest_rate=Decimal(1)))
    database_refuses(
        "credit_productversion_one_in_work",
        lambda: ProductVersion.objects.create(
            product_id=version.product_id, number=9, terms={}, sha256="",
            funding_source_id=version.funding_source_id,
        ),
    )  # fmt: skip


def test_another_platform_and_nobody(at: datetime, other_tenant: Tenant) -> None:
    version = submitted(at)
    with tenant_scope(other_tenant.id):
        refuse(errors.ProductVersionNotFound, lambda: approve(version, at))
        refuse(
            errors.ProductNotFound,
            lambda: draft_product_version(product_id=version.product_id, actor="x", at=at),
        )
    with no_scope(), pytest.raises(NoScope):
        approve(version, at)
