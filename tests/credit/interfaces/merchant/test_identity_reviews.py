"""No face check: a person looks instead, at the application and before a signature."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from campaigns.models import Message
from credit.models import ContractSignature, Offer
from credit.operations.consents import end_consent
from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.errors import IdentityReviewNotFound, IdentityReviewOver, SensitiveConsentMissing
from tenants.models import (
    ConsentRecord,
    FaceCheck,
    IdentityReview,
    Merchant,
    MerchantPerson,
    Tenant,
)
from tenants.operations.consents import give_consents
from tenants.operations.identities import identify_person
from tenants.operations.identity_reviews import answer_identity_review, ask_identity_review
from tenants.operations.people import set_person
from tenants.operations.sandbox import fake_identity_no
from tenants.operations.tenants import set_application_needs, set_face_check
from tests.credit import signing
from tests.credit.interfaces.merchant.test_face_at_application import FACE, PERSON
from tests.credit.interfaces.merchant.test_signing import CODE, READ, fields, nothing_signed
from tests.tenants.faces import shown_face
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

INSTEAD = {"by": "person"}
SEEN = {"way": "video", "note": "本人与证件一致", "actor": "mem_1"}
SIGNING = "/m/offer/face/"


@pytest.fixture
def known(visit: Visit, tenant: Tenant, at: datetime) -> Visit:
    """Whoever applies is known by name and number; a face is asked for next."""
    with tenant_scope(tenant.id):
        set_application_needs(needs=["face", "account"], actor="x", at=at)
    assert gone_to(visit.post("/m/people/legal/", PERSON)) == FACE
    return visit


@pytest.fixture
def offer(merchant: Merchant, at: datetime) -> Offer:
    """One that is signed with a face check."""
    with tenant_scope(merchant.tenant_id):
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例",
            phone="13800000000", actor="system:test", at=at,
        )  # fmt: skip
        found = signing.offer_of(merchant, at)
        set_face_check(from_minor=found.limit_minor, actor="usr", at=at)
        return found


def rows(tenant_id: str) -> list[tuple[str, str]]:
    with tenant_scope(tenant_id):
        return [(one.status, one.note) for one in IdentityReview.objects.order_by("id")]


def answered(tenant_id: str, status: str, at: datetime, /, **changes: Any) -> IdentityReview:
    with tenant_scope(tenant_id):
        newest = IdentityReview.objects.latest("id")
        told = {"review_id": newest.id, "status": status, "at": at, **SEEN, **changes}
        return answer_identity_review(**told)


def test_a_person_looks_and_the_application_goes_on(
    known: Visit, tenant: Tenant, at: datetime
) -> None:
    assert "one of our staff can call you instead" in words(known.get(FACE))
    assert gone_to(known.post(FACE, INSTEAD)) == FACE
    page = known.get(FACE)
    assert 'data-face="review"' in page.content.decode()
    assert 'data-actor="us"' in page.content.decode()
    assert "A person will call you" in words(page)
    assert "138****0001" in words(page)
    known.post(FACE, INSTEAD)  # asked again, nothing changes
    assert rows(tenant.id) == [("asked", "")]
    assert gone_to(known.get("/m/application/")) == FACE
    row = answered(tenant.id, "passed", at)
    page = known.get(FACE)
    assert 'data-face="passed"' in page.content.decode()
    assert "Your identity is confirmed" in words(page)
    assert 'href="/m/account/"' in page.content.decode()
    assert gone_to(known.get("/m/home/")) == "/m/account/"
    with tenant_scope(tenant.id):
        assert MerchantPerson.objects.get().identity_confirmed_at == at
        assert not ConsentRecord.objects.filter(code="face_recognition").exists()
        assert FaceCheck.objects.count() == 0
        names = Event.objects.filter(name__startswith="tenants.identity_review").order_by("id")
        assert [one.name for one in names] == [
            "tenants.identity_review.asked", "tenants.identity_review.passed",
        ]  # fmt: skip
        told = AuditRecord.objects.get(subject=row.id)
        assert (told.actor, told.reason, told.after["way"]) == ("mem_1", SEEN["note"], "video")
    while relay_dispatches():
        pass
    with tenant_scope(tenant.id):
        assert [one.title_en for one in Message.objects.all()] == ["Your identity is confirmed"]


def test_thirty_days_and_another_name_as_with_a_face(
    known: Visit, tenant: Tenant, merchant: Merchant, at: datetime
) -> None:
    known.post(FACE, INSTEAD)
    answered(tenant.id, "passed", at)
    with clock.travel(at + timedelta(days=30)):
        later = visit_of(merchant, clock.now(), locale="en")
        assert 'data-face="expired"' in later.get(FACE).content.decode()
    known.post("/m/people/legal/", PERSON | {"name": "李示例"})
    assert 'data-face="none"' in known.get(FACE).content.decode()


def test_not_confirmed_says_what_to_do(known: Visit, tenant: Tenant, at: datetime) -> None:
    known.post(FACE, INSTEAD)
    answered(tenant.id, "failed", at)
    page = known.get(FACE)
    assert 'data-face="refused"' in page.content.decode()
    assert "have your identity card at hand and ask again" in words(page)
    with tenant_scope(tenant.id):
        assert MerchantPerson.objects.get().identity_confirmed_at is None
    known.post(FACE, INSTEAD)
    assert rows(tenant.id) == [("failed", SEEN["note"]), ("asked", "")]
    assert 'data-face="review"' in known.get(FACE).content.decode()


def test_a_face_after_all_ends_the_wish(known: Visit, tenant: Tenant, at: datetime) -> None:
    known.post(FACE, INSTEAD)
    assert f'href="{FACE}?face"' in known.get(FACE).content.decode()
    after_all = known.get(f"{FACE}?face").content.decode()
    assert ('data-face="none"' in after_all, 'role="switch"' in after_all) == (True, True)
    with tenant_scope(tenant.id):
        shown_face(MerchantPerson.objects.get(), at)
    assert rows(tenant.id) == [("withdrawn", "")]
    assert "The face check is passed" in words(known.get(FACE))
    with pytest.raises(IdentityReviewOver):
        answered(tenant.id, "failed", at)
    assert rows(tenant.id) == [("withdrawn", "")]


def test_a_face_that_fails_leaves_the_call(known: Visit, tenant: Tenant, at: datetime) -> None:
    known.post(FACE, INSTEAD)
    with tenant_scope(tenant.id):
        person = MerchantPerson.objects.get()
        FaceCheck.objects.create(
            merchant_id=person.merchant_id, person=person, subject=person.id, status="failed",
            reference="R-1", started_at=at + timedelta(minutes=1),
            ended_at=at + timedelta(minutes=1),
        )  # fmt: skip
    page = known.get(FACE)
    assert 'data-face="review"' in page.content.decode()
    assert "The face check was not passed; the call stands." in words(page)


@pytest.mark.parametrize("what", ["another name", "too late", "consent gone"])
def test_what_has_changed_is_not_confirmed(
    known: Visit, tenant: Tenant, merchant: Merchant, at: datetime, what: str
) -> None:
    known.post(FACE, INSTEAD)
    later = at + timedelta(days=14) if what == "too late" else at
    with tenant_scope(tenant.id):
        if what == "another name":
            identify_person(
                merchant_id=merchant.id, role="legal_representative", name="李示例", applies=True,
                identity_no=fake_identity_no(1), phone="13800000001", actor="x", at=at,
            )  # fmt: skip
        if what == "consent gone":
            end_consent(
                merchant_id=merchant.id, code="sensitive_data", evidence={}, actor="x", at=at
            )
    with pytest.raises(IdentityReviewOver):
        answered(tenant.id, "passed", later)
    assert rows(tenant.id) == [("asked", "")]
    with tenant_scope(tenant.id):
        person = MerchantPerson.objects.get()
        assert person.identity_confirmed_at is None
        again: dict[str, Any] = {
            "merchant_id": merchant.id, "subject": person.id, "person": person, "due_at": later,
            "actor": "x", "at": later,
        }  # fmt: skip
        if what == "consent gone":
            with pytest.raises(SensitiveConsentMissing):
                ask_identity_review(**again)
            give_consents(
                merchant_id=merchant.id, codes=["sensitive_data"], locale="en", evidence={},
                actor="x", at=at,
            )  # fmt: skip
            ask_identity_review(**again)
            assert rows(tenant.id) == [("asked", "")]
        else:
            ask_identity_review(**again)
            assert rows(tenant.id) == [("withdrawn", ""), ("asked", "")]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"status": "asked"}, "status"), ({"status": "x"}, "status"), ({"way": ""}, "way"),
        ({"way": "phone"}, "way"), ({"note": " "}, "note"), ({"note": "x" * 501}, "note"),
    ],
)  # fmt: skip
def test_half_an_answer_is_none(
    known: Visit, tenant: Tenant, at: datetime, changes: dict[str, str], field: str
) -> None:
    known.post(FACE, INSTEAD)
    with pytest.raises(Invalid) as refused:
        answered(tenant.id, "passed", at, **changes)
    assert refused.value.field == field
    assert rows(tenant.id) == [("asked", "")]
    answered(tenant.id, "passed", at)
    answered(tenant.id, "passed", at, actor="mem_2")  # the same again is a read
    with pytest.raises(IdentityReviewOver):
        answered(tenant.id, "failed", at)
    assert rows(tenant.id) == [("passed", SEEN["note"])]
    with tenant_scope(tenant.id):
        assert IdentityReview.objects.get().decided_by == "mem_1"


def test_signed_after_a_call(visit: Visit, merchant: Merchant, offer: Offer, at: datetime) -> None:
    begun = at + READ
    with clock.travel(begun):
        visit.get("/m/offer/sheet/")
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == SIGNING
        assert gone_to(visit.post(SIGNING, INSTEAD)) == SIGNING
        assert 'data-face="review"' in visit.get(SIGNING).content.decode()
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == SIGNING
        assert nothing_signed(merchant)
        row = answered(merchant.tenant_id, "passed", begun)
    with clock.travel(begun + timedelta(days=3)):  # too long ago
        later = visit_of(merchant, clock.now(), locale="en")
        assert gone_to(later.post("/m/offer/accept/", fields(offer))) == SIGNING
    with clock.travel(begun + timedelta(days=2)):
        later = visit_of(merchant, clock.now(), locale="en")
        assert gone_to(later.get(SIGNING)) == "/m/offer/sheet/"
        assert gone_to(later.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"
        (code,) = CODE.findall(later.get("/m/offer/sign/").content.decode())
        answer = later.post("/m/offer/confirm/", fields(offer, code=code))
        assert gone_to(answer) == "/m/offer/done/"
    with tenant_scope(merchant.tenant_id):
        assert ContractSignature.objects.get().evidence["identity_review"] == {
            "id": row.id, "way": "video", "by": "mem_1",
            "passed_at": begun.astimezone(UTC).isoformat(),
        }  # fmt: skip


def test_strangers_and_nobody(
    strangers: list[Visit], known: Visit, tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    for stranger in strangers:
        assert gone_to(stranger.post(FACE, INSTEAD)) == "/m/home/"
    assert Visit().post(FACE, INSTEAD).status_code == 401
    assert rows(tenant.id) == []
    known.post(FACE, INSTEAD)
    with tenant_scope(tenant.id):
        told = {"review_id": IdentityReview.objects.get().id, "status": "passed", "at": at, **SEEN}
    with tenant_scope(other_tenant.id), pytest.raises(IdentityReviewNotFound):
        answer_identity_review(**told)
    with no_scope(), pytest.raises(NoScope):
        answer_identity_review(**told)
    assert rows(tenant.id) == [("asked", "")]
