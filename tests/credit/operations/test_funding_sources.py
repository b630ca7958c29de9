"""Lenders and funding contracts: two people, fixed terms, every refusal with its code."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from credit import errors
from credit.enums import Component
from credit.models import (
    Account,
    FundingCapSlice,
    FundingSource,
    NamedLender,
    Partnership,
    PartnershipShare,
    ProductVersion,
)
from credit.operations import funding_sources as sources
from credit.operations import partnerships
from credit.queries.funding import shares_in
from credit.values import Listing
from platform_app.kernel import audit, ids
from platform_app.kernel.errors import DomainError, SecondPersonNeeded
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import Tenant
from tests.credit import lenders, lives
from tests.credit.lenders import APPROVER, DRAFTER

pytestmark = pytest.mark.usefixtures("inside")
WATCHED = [FundingSource, FundingCapSlice, Partnership, PartnershipShare, NamedLender, AuditRecord]


def everything() -> list[Any]:
    return [list(model._default_manager.order_by("id").values()) for model in WATCHED]


def refuse(error: type[DomainError], act: Callable[[], object]) -> DomainError:
    before = everything()
    with pytest.raises(error) as caught:
        act()
    assert type(caught.value) is error
    assert everything() == before
    return caught.value


def actions() -> list[tuple[str, str]]:
    rows = AuditRecord.objects.filter(action__regex="^(fundingsource|partnership)")
    return list(rows.order_by("position").values_list("action", "actor"))


def test_a_platform_starts_with_one_lender_that_lends_alone(inside: Tenant) -> None:
    source = FundingSource.objects.get()
    partnership = Partnership.objects.get()
    assert (source.status, source.activated_by, partnership.status) == (
        "active", "system:launch", "active",
    )  # fmt: skip
    shares = shares_in(partnership.id)
    assert [(one.funding_source_id, one.fractions["fee"]) for one in shares.parties] == [
        (source.id, Decimal(1))
    ]


def test_a_lender_takes_two_people(inside: Tenant, at: datetime) -> None:
    drafted = sources.draft_source(
        terms=lenders.source_terms("甲银行", cap_minor=1_000), actor=DRAFTER, at=at
    )
    assert drafted.status == "draft"
    assert sum(row.cap_minor or 0 for row in slices(drafted)) == 1_000
    assert Account.objects.filter(funding_source=drafted).exists()
    refuse(
        SecondPersonNeeded,
        lambda: sources.activate_source(source_id=drafted.id, actor=DRAFTER, at=at),
    )
    for _ in range(2):
        active = sources.activate_source(source_id=drafted.id, actor=APPROVER, at=at)
    assert (active.status, active.activated_by, active.activated_at) == ("active", APPROVER, at)
    sources.suspend_source(source_id=drafted.id, reason="复核", actor=DRAFTER, at=at)
    refuse(
        SecondPersonNeeded,
        lambda: sources.activate_source(source_id=drafted.id, actor=DRAFTER, at=at),
    )
    ended = sources.end_source(source_id=drafted.id, reason="到期", actor=DRAFTER, at=at)
    assert (ended.status, ended.status_reason) == ("ended", "到期")
    refuse(
        errors.FundingStateConflict,
        lambda: sources.activate_source(source_id=drafted.id, actor=APPROVER, at=at),
    )
    assert actions()[-4:] == [
        ("fundingsource.draft", DRAFTER), ("fundingsource.active", APPROVER),
        ("fundingsource.suspended", DRAFTER), ("fundingsource.ended", DRAFTER),
    ]  # fmt: skip
    assert audit.first_broken_link() is None


def slices(source: FundingSource) -> list[FundingCapSlice]:
    return list(FundingCapSlice.objects.filter(funding_source=source).order_by("slice_no"))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"name": " "}, "a lender needs a name"),
        ({"licence_no": ""}, "a licensed lender has a licence number and a regulator"),
        (
            {"from_on": date(2026, 3, 2), "to_on": date(2026, 3, 1)},
            "it ends before it begins",
        ),
        ({"cap_minor": -1}, "a cap cannot be negative"),
        ({"product_kinds": ("gold",)}, "a product kind is not known"),
    ],
)
def test_a_lender_that_cannot_be(at: datetime, facts: dict[str, Any], reason: str) -> None:
    terms = lenders.source_terms(**{"name": "甲银行", **facts})
    refusal = refuse(
        errors.FundingTermsInvalid,
        lambda: sources.draft_source(terms=terms, actor=DRAFTER, at=at),
    )
    assert refusal.facts == {"reason": reason}


def test_a_name_is_one_lenders(at: datetime) -> None:
    lenders.source("甲银行", at)
    refuse(
        errors.FundingNameTaken,
        lambda: sources.draft_source(terms=lenders.source_terms("甲银行"), actor=DRAFTER, at=at),
    )


def test_no_such_lender_or_contract(at: datetime) -> None:
    who: dict[str, Any] = {"actor": DRAFTER, "at": at}
    for wrong in (ids.new_id("fnd"), "fnd_malformed"):
        refuse(
            errors.FundingSourceNotFound,
            partial(sources.activate_source, source_id=wrong, **who),
        )
    for wrong in (ids.new_id("ptn"), "ptn_malformed"):
        refuse(
            errors.PartnershipNotFound,
            partial(partnerships.activate_partnership, partnership_id=wrong, **who),
        )


def test_a_cap_is_moved_whole(at: datetime) -> None:
    source = lenders.source("甲银行", at, cap_minor=1_000)
    for _ in range(2):
        sources.set_cap(
            source_id=source.id, cap_minor=5_003, per_merchant_cap_minor=7, actor=DRAFTER, at=at
        )
    assert sum(row.cap_minor or 0 for row in slices(source)) == 5_003
    sources.set_cap(
        source_id=source.id, cap_minor=None, per_merchant_cap_minor=None, actor=DRAFTER, at=at
    )
    assert {row.cap_minor for row in slices(source)} == {None}
    assert [name for name, _ in actions()].count("fundingsource.cap") == 2
    refuse(
        errors.FundingTermsInvalid,
        lambda: sources.set_cap(
            source_id=source.id, cap_minor=1, per_merchant_cap_minor=-1, actor=DRAFTER, at=at
        ),
    )


def test_a_channel_is_https_and_its_secret_is_sealed(at: datetime) -> None:
    source = lenders.source("甲银行", at)

    def tell(url: str, key_id: str = "k1") -> FundingSource:
        return sources.set_channel(
            source_id=source.id, url=url, key_id=key_id, secret="s3cret", actor=DRAFTER, at=at
        )

    for url in ("http://bank.example", "https://me@bank.example", "bank", "https://b.example?x=1"):
        assert refuse(errors.FundingTermsInvalid, partial(tell, url)).field == "url"
    refuse(errors.FundingTermsInvalid, lambda: tell("https://bank.example", " "))
    told = tell("https://bank.example/pay/")
    assert (told.channel, told.channel_url) == ("http", "https://bank.example/pay")
    assert b"s3cret" not in bytes(told.channel_secret_sealed or b"")
    assert "s3cret" not in str(list(AuditRecord.objects.values()))


def test_a_contract_takes_two_people_and_keeps_its_terms(at: datetime) -> None:
    lead, bank = FundingSource.objects.get(), lenders.source("乙银行", at, role="co_lender")
    terms = lenders.partnership_terms("联合贷", {lead.id: "0.7", bank.id: "0.3"}, at)
    row = partnerships.draft_partnership(terms=terms, actor=DRAFTER, at=at)
    refuse(
        SecondPersonNeeded,
        lambda: partnerships.activate_partnership(partnership_id=row.id, actor=DRAFTER, at=at),
    )
    for _ in range(2):
        row = partnerships.activate_partnership(partnership_id=row.id, actor=APPROVER, at=at)
    assert (row.status, row.residual_source_id, row.service_fee_share) == (
        "active", lead.id, Decimal("0.1"),
    )  # fmt: skip
    shares = shares_in(row.id)
    assert [one.funding_source_id for one in shares.parties] == [lead.id, bank.id]
    partnerships.suspend_partnership(partnership_id=row.id, reason="x", actor=DRAFTER, at=at)
    ended = partnerships.end_partnership(partnership_id=row.id, reason="", actor=DRAFTER, at=at)
    assert ended.status == "ended"
    assert actions()[-4:] == [
        ("partnership.draft", DRAFTER), ("partnership.active", APPROVER),
        ("partnership.suspended", DRAFTER), ("partnership.ended", DRAFTER),
    ]  # fmt: skip
    for change in ({"settlement_days": 9}, {"status": "active"}, {"holdback_share": "0.5"}):
        violated(
            "credit_partnership_terms_final",
            partial(Partnership.objects.filter(pk=row.pk).update, **change),
        )


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"name": ""}, "a partnership needs a name"),
        ({"to_on": date(2020, 1, 1)}, "it ends before it begins"),
        ({"holdback_share": Decimal("1.1")}, "fee, holdback and first loss are parts of one"),
        ({"least_share_minor": -1}, "the least share cannot be negative"),
        ({"settlement_days": 31}, "settlement takes 0 to 30 days"),
        (
            {"listing": Listing(status="listed", listed_on=None, review_due_on=None, evidence="")},
            "a listing needs its day and its evidence",
        ),
        ({"residual_id": "fnd_x"}, "the residual party is none of the parties"),
        ({"lead_id": "fnd_x"}, "the lead is none of the parties"),
    ],
)
def test_a_contract_that_cannot_be(at: datetime, facts: dict[str, Any], reason: str) -> None:
    lead = FundingSource.objects.get()
    terms = lenders.partnership_terms("方案", {lead.id: "1"}, at, **facts)
    refusal = refuse(
        errors.FundingTermsInvalid,
        lambda: partnerships.draft_partnership(terms=terms, actor=DRAFTER, at=at),
    )
    assert refusal.facts == {"reason": reason}


def test_shares_that_do_not_sum_and_parties_nobody_knows(at: datetime) -> None:
    lead, stranger = FundingSource.objects.get(), ids.new_id("fnd")

    def draft(parts: dict[str, str], name: str = "方案") -> Partnership:
        terms = lenders.partnership_terms(name, parts, at)
        return partnerships.draft_partnership(terms=terms, actor=DRAFTER, at=at)

    refuse(errors.FundingTermsInvalid, lambda: draft({lead.id: "0.7"}))
    refuse(errors.FundingSourceNotFound, lambda: draft({lead.id: "0.7", stranger: "0.3"}))
    refuse(errors.FundingSourceNotFound, lambda: draft({lead.id: "0.7", "fnd_x": "0.3"}))
    refuse(errors.FundingNameTaken, lambda: draft({lead.id: "1"}, lead.name))


def test_a_listing_is_noted_with_its_evidence(at: datetime) -> None:
    row = Partnership.objects.get()
    review = at.date() + timedelta(days=90)

    def note(evidence: str) -> Partnership:
        listing = Listing(
            status="listed", listed_on=at.date(), review_due_on=review, evidence=evidence
        )
        return partnerships.record_listing(
            partnership_id=row.id, listing=listing, actor=DRAFTER, at=at
        )

    refuse(errors.FundingTermsInvalid, lambda: note(""))
    noted = note("名单第 3 页")
    assert (noted.listing_status, noted.review_due_on) == ("listed", review)


def test_further_lenders_are_named_before_anybody_signs(at: datetime) -> None:
    version = ProductVersion.objects.get()
    first, second = lenders.source("甲银行", at), lenders.source("乙银行", at)

    def name(*found: str) -> list[NamedLender]:
        return partnerships.name_lenders(
            product_version_id=version.id, funding_source_ids=list(found), actor=DRAFTER, at=at
        )

    assert [row.rank for row in name(first.id, version.funding_source_id)] == [1]
    assert [row.rank for row in name(first.id, second.id)] == [2]
    assert name(first.id) == []
    refuse(errors.FundingSourceNotFound, lambda: name(ids.new_id("fnd")))
    lives.line_of(lives.merchant_with_trade("P1", at), at)
    third = lenders.source("丙银行", at)
    refuse(errors.LendersFixed, lambda: name(third.id))
    assert name(first.id) == []
    with pytest.raises(errors.ProductUnavailable):
        partnerships.name_lenders(
            product_version_id=ids.new_id("prv"), funding_source_ids=[], actor=DRAFTER, at=at
        )


def violated(constraint: str, act: Callable[[], object]) -> None:
    with pytest.raises(IntegrityError) as caught:
        _at_commit(act)
    cause: Any = caught.value.__cause__
    assert cause.diag.constraint_name == constraint


@transaction.atomic
def _at_commit(act: Callable[[], object]) -> None:
    act()
    connection.check_constraints()


def test_what_the_database_refuses(at: datetime) -> None:
    source = lenders.source("甲银行", at, cap_minor=1_000)
    row = lenders.partnership("方案", {source.id: "1"}, at)
    mine, ours = FundingSource.objects.filter(pk=source.pk), Partnership.objects.filter(pk=row.pk)
    violated("credit_fundingsource_words", lambda: mine.update(licence_type="casino"))
    violated("credit_fundingsource_words", lambda: mine.update(product_kinds=["gold"]))
    violated("credit_fundingsource_amounts", lambda: mine.update(cap_minor=-1))
    violated(
        "credit_fundingsource_dates",
        lambda: mine.update(from_on=date(2026, 3, 2), to_on=date(2026, 3, 1)),
    )
    violated("credit_fundingsource_two_people", lambda: mine.update(activated_by=DRAFTER))
    violated("credit_partnership_two_people", lambda: ours.update(activated_by=DRAFTER))
    violated("credit_partnership_listing", lambda: ours.update(listing_evidence=""))
    violated("credit_partnership_dates", lambda: ours.update(to_on=date(2020, 1, 1)))
    violated("credit_fundingcapslice_used", lambda: FundingCapSlice.objects.update(used_minor=-1))
    violated("credit_partnership_shares_whole", lambda: a_share(row, source, "0.5"))
    violated("credit_partnershipshare_range", lambda: a_share(row, source, "1.5"))


def a_share(row: Partnership, source: FundingSource, fraction: str) -> None:
    other = FundingSource.objects.exclude(pk=source.pk).get()
    PartnershipShare.objects.create(
        partnership=row, funding_source=other, component=Component.FEE, fraction=Decimal(fraction)
    )


def test_another_platforms_lender_is_not_there(
    inside: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    source = lenders.source("甲银行", at)
    row = Partnership.objects.get()
    with tenant_scope(other_tenant.id):
        with pytest.raises(errors.FundingSourceNotFound):
            sources.suspend_source(source_id=source.id, reason="", actor=APPROVER, at=at)
        with pytest.raises(errors.PartnershipNotFound):
            partnerships.end_partnership(partnership_id=row.id, reason="", actor=APPROVER, at=at)
        terms = lenders.partnership_terms("借名", {source.id: "1"}, at)
        with pytest.raises(errors.FundingSourceNotFound):
            partnerships.draft_partnership(terms=terms, actor=DRAFTER, at=at)


@pytest.mark.django_db
def test_without_a_scope_nothing_is_done(at: datetime) -> None:
    with no_scope():
        with pytest.raises(NoScope):
            sources.draft_source(terms=lenders.source_terms("甲"), actor=DRAFTER, at=at)
        with pytest.raises(NoScope):
            partnerships.activate_partnership(
                partnership_id=ids.new_id("ptn"), actor=APPROVER, at=at
            )
