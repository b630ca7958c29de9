"""What a merchant signs names every lender, every fee, and the share of its sales."""

import dataclasses
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from credit import errors
from credit.domain.fees import Fee, FeeTiming
from credit.domain.terms import ProductTerms
from credit.models import (
    Contract,
    CostSheetItem,
    CreditLine,
    DeductionAgreement,
    FundingSource,
    NamedLender,
    Offer,
    Product,
    ProductVersion,
)
from credit.operations.applications import decide_application, submit_application
from credit.operations.documents import issue_contract
from credit.operations.launch import ORDER_CREDIT
from credit.operations.offers import accept_offer, start_reading
from credit.operations.partnerships import name_lenders
from credit.operations.product_versions import draft_product_version, edit_product_version
from credit.operations.products import publish_product
from credit.queries.named_lenders import further_lenders, lenders_of
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lenders, lives

pytestmark = pytest.mark.usefixtures("inside")
OWN = "示例小额贷款有限公司"


def named(name: str, at: datetime, phone: str) -> FundingSource:
    bank = lenders.source(name, at, complaint_phone=phone)
    name_lenders(
        product_version_id=ProductVersion.objects.get(status="published").id,
        funding_source_ids=[bank.id], actor=lives.ACTOR, at=at,
    )  # fmt: skip
    return bank


def offered(at: datetime, number: str = "P1") -> Offer:
    application = submit_application(
        merchant_id=lives.merchant_with_trade(number, at).id, product_code=ORDER_CREDIT,
        external_id=None, actor=lives.ACTOR, at=at + timedelta(seconds=1),
    )  # fmt: skip
    decide_application(
        application_id=application.id, actor=lives.ACTOR, at=at + timedelta(seconds=1)
    )
    return Offer.objects.select_related("cost_sheet").get(application=application)


def signed(offer: Offer, at: datetime) -> CreditLine:
    start_reading(offer_id=offer.id, at=at)
    return accept_offer(
        offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={},
        actor=lives.ACTOR, at=at + timedelta(seconds=20),
    )  # fmt: skip


def republished(at: datetime, **change: object) -> ProductVersion:
    version = ProductVersion.objects.get(status="published")
    terms = dataclasses.replace(ProductTerms.from_json(version.terms), **change)  # type: ignore[arg-type]
    product = Product.objects.get()
    return publish_product(
        code=product.code, name=product.name, terms=terms,
        funding_source_id=version.funding_source_id, lowest_rate=Decimal("0.072"),
        highest_rate=Decimal("0.114"), actor=lives.ACTOR, at=at,
    )  # fmt: skip


def test_cost_sheet_and_contract_list_every_lender(at: datetime) -> None:
    version = ProductVersion.objects.get()
    assert further_lenders(version) == []
    bank = named("甲银行", at, "400-111-1111")
    named("乙银行", at, "")
    assert [one.name for one in lenders_of(version)] == [OWN, "甲银行", "乙银行"]
    assert further_lenders(version) == []
    offer = offered(at)
    body = offer.cost_sheet.body
    assert body["lenders"] == [
        {"name": OWN, "complaint_phone": "400-000-0000"},
        {"name": "甲银行", "complaint_phone": "400-111-1111"},
        {"name": "乙银行", "complaint_phone": ""},
    ]
    assert (body["lender"], body["complaint_phone"]) == (
        f"{OWN}、甲银行、乙银行", "400-000-0000、400-111-1111",
    )  # fmt: skip
    assert body["items"][0]["payee"] == body["contingent"][0]["payee"] == body["lender"]
    line = signed(offer, at)
    text = Contract.objects.get().text
    assert f"资金方：{OWN}、甲银行、乙银行（每笔支用由其中一方或多方出资，以借据所载为准）" in text
    assert f"资金方电话：{OWN} 400-000-0000；甲银行 400-111-1111；乙银行 —。" in text
    paper = issue_contract(line_id=line.id, actor=lives.ACTOR, at=at)
    assert paper.facts["lender"] == f"{OWN}、甲银行、乙银行"
    assert bank.name in paper.facts["text"]


def test_one_lender_alone_reads_as_before(at: datetime) -> None:
    signed(offered(at), at)
    text = Contract.objects.get().text
    assert f"资金方：{OWN}\n" in text
    assert "资金方电话：400-000-0000。" in text
    assert "销售货款" not in text


def test_nobody_is_named_once_the_sheet_was_shown(at: datetime) -> None:
    offer = offered(at)
    bank = lenders.source("甲银行", at)
    version = ProductVersion.objects.get()
    with pytest.raises(errors.LendersFixed):
        name_lenders(
            product_version_id=version.id, funding_source_ids=[bank.id], actor=lives.ACTOR, at=at
        )
    assert NamedLender.objects.count() == 0
    # Named behind our back all the same: then the sheet that was read is not the one to sign.
    NamedLender.objects.create(product_version=version, funding_source=bank, rank=1)
    with pytest.raises(errors.CostSheetChanged):
        signed(offer, at)
    assert (CreditLine.objects.count(), Contract.objects.count()) == (0, 0)


def test_signing_agrees_the_share_of_sales_of_the_product(at: datetime) -> None:
    republished(at, share_of_sales=Decimal("0.15"))
    line = signed(offered(at), at)
    agreement = DeductionAgreement.objects.get()
    assert (agreement.merchant_id, agreement.fraction, agreement.status) == (
        line.merchant_id, Decimal("0.15"), "active",
    )  # fmt: skip
    clause = "**合作平台从借款人的每笔销售货款中留存 15.00%，用于归还最早到期的款项。**"
    assert clause in Contract.objects.get().text


def test_without_a_share_nothing_is_agreed(at: datetime) -> None:
    signed(offered(at), at)
    assert DeductionAgreement.objects.count() == 0


def test_every_kind_of_fee_has_its_place_on_the_sheet(at: datetime) -> None:
    fees = tuple(
        Fee(code=f"fee_{timing}", name="示例", timing=timing, payee="萌宠采购网", amount_minor=5)
        for timing in FeeTiming
    )
    republished(at, fees=fees)
    body = offered(at).cost_sheet.body
    assert [item["code"] for item in body["items"]] == [
        "interest", "fee_at_start", "fee_with_installment",
    ]  # fmt: skip
    assert [(item["code"], item["timing"]) for item in body["contingent"]] == [
        ("penalty", "when paid after the grace period"),
        ("fee_when_late", "when paid after the grace period"),
        ("fee_at_extension", "when an extension is granted"),
    ]
    assert CostSheetItem.objects.count() == 6


def test_the_next_version_names_the_same_lenders(at: datetime) -> None:
    bank = named("甲银行", at, "")
    named("乙银行", at, "")
    draft = draft_product_version(product_id=Product.objects.get().id, actor=lives.ACTOR, at=at)
    assert [one.name for one in lenders_of(draft)] == [OWN, "甲银行", "乙银行"]
    edit_product_version(
        version_id=draft.id, terms=draft.terms, lowest_rate=draft.lowest_rate,
        highest_rate=draft.highest_rate, funding_source_id=bank.id, actor=lives.ACTOR, at=at,
    )  # fmt: skip
    draft.refresh_from_db()
    assert [one.name for one in lenders_of(draft)] == ["甲银行", "乙银行"]


def test_another_platform_names_its_own(other_tenant: Tenant, at: datetime) -> None:
    named("甲银行", at, "")
    with tenant_scope(other_tenant.id):
        version = ProductVersion.objects.get()
        assert [one.name for one in lenders_of(version)] == [OWN]
        assert further_lenders(version) == []
