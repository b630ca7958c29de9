"""The face of whoever applies: a step with a consent of its own, away and back with the draft."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit.errors import ApplicationIncomplete
from credit.models import Application
from credit.operations.applications import submit_application
from credit.operations.consents import end_consent
from credit.queries.journey import ORDER_CREDIT
from platform_app.kernel import clock
from platform_app.kernel.models import Event
from platform_app.kernel.scope import Mode, NoScope
from platform_app.kernel.tenancy import mode_scope, no_scope, tenant_scope
from tenants.models import ConsentRecord, EmbedSession, FaceCheck, Merchant, MerchantPerson, Tenant
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.operations.identities import identify_person
from tenants.operations.sandbox import fake_identity_no
from tenants.operations.tenants import set_application_needs
from tests.credit.interfaces.merchant.test_faces import AGREED, WAY, named
from tests.tenants.faces import shown_face, silent_service
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

FACE = "/m/people/face/"
PERSON = {
    "name": "张示例", "identity_no": fake_identity_no(1), "phone": "13800000001", "applies": "self",
}  # fmt: skip


@pytest.fixture(autouse=True)
def asks(tenant: Tenant, at: datetime, request: pytest.FixtureRequest) -> None:
    """The platform asks for a face, and for an account after it."""
    if not {"line", "strangers"} & set(request.fixturenames):
        with tenant_scope(tenant.id):
            set_application_needs(needs=["face", "account"], actor="x", at=at)


@pytest.fixture
def known(visit: Visit) -> Visit:
    """Whoever applies is known by name and number."""
    assert gone_to(visit.post("/m/people/legal/", PERSON)) == FACE
    return visit


def away(visit: Visit) -> tuple[str, str]:
    """Start; the address of our own page the service sends the browser to, and its secret."""
    started = visit.post(FACE, AGREED)
    assert "Ready for the face check" in words(started)
    assert 'target="_top"' in started.content.decode()
    (found,) = WAY.findall(started.content.decode())
    return found[0].replace("&amp;", "&"), found[1]


def back(visit: Visit) -> Visit:
    """Away and back: the browser arrives with nothing but what the address holds."""
    address, secret = away(visit)
    home = Visit()
    answer = home.client.post("/m/exchange", {"secret": secret}, content_type="application/json")
    assert home.client.get(address).status_code == 200
    return Visit(token=answer.json()["token"])


def checks(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant_scope(tenant.id):
        return [(one.status, one.evidence_id) for one in FaceCheck.objects.order_by("id")]


def test_away_and_back_to_the_same_step_with_the_draft(
    known: Visit, tenant: Tenant, at: datetime
) -> None:
    assert known.post("/m/draft/account/", {"bank_name": "示例银行"}).status_code == 204
    said = words(known.get(FACE))
    assert "Step 4 of 6" in said
    assert "张*" in said
    assert "Separate consent to a face check" in said
    again = back(known)
    assert gone_to(again.get("/m/home/")) == FACE
    page = again.get(FACE)
    assert 'data-face="passed"' in page.content.decode()
    assert "The face check is passed" in words(page)
    assert 'href="/m/account/"' in page.content.decode()
    assert 'value="示例银行"' in again.get("/m/account/").content.decode()
    assert gone_to(again.get("/m/home/")) == "/m/account/"
    with tenant_scope(tenant.id):
        row, person = FaceCheck.objects.get(), MerchantPerson.objects.get()
        assert ConsentRecord.objects.filter(code="face_recognition").count() == 1
        names = Event.objects.filter(name__startswith="tenants.face_check").order_by("id")
        assert [one.name for one in names] == [
            "tenants.face_check.started", "tenants.face_check.passed",
        ]  # fmt: skip
    assert (row.status, row.evidence_id, row.ended_at) == ("passed", f"simulated-{row.id}", at)
    assert (row.subject, row.person_id, person.identity_confirmed_at) == (person.id, person.id, at)


def test_nothing_starts_before_the_consent_of_its_own(known: Visit, tenant: Tenant) -> None:
    page = known.get(FACE).content.decode()
    assert (page.count('role="switch"'), " checked" in page) == (1, False)
    for fields in ({}, {"agreed": "sensitive_data"}):
        refused = known.post(FACE, fields)
        assert (refused.status_code, "Switch this on to go on." in words(refused)) == (422, True)
        assert refused.content.decode().count('aria-invalid="true"') == 1
    assert checks(tenant) == []
    with tenant_scope(tenant.id):
        assert not ConsentRecord.objects.filter(code="face_recognition").exists()
    away(known)
    assert 'role="switch"' not in known.get(FACE).content.decode()
    assert len(checks(tenant)) == 1


@pytest.mark.parametrize(
    ("word", "state", "said"),
    [
        ("#FACE_FAIL", "failed", "Good light, no glasses, and the person named above."),
        ("#FACE_UNKNOWN", "waiting", "The checking service has not told us yet."),
    ],
)
def test_not_passed_says_what_to_do(
    known: Visit, tenant: Tenant, merchant: Merchant, at: datetime, word: str, state: str,
    said: str, settings: Any,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id), mode_scope(Mode(is_test=True)):
        named(merchant, word)
    away(known)
    with tenant_scope(tenant.id), mode_scope(Mode(is_test=True)):
        person = MerchantPerson.objects.get()
        look_at_face_check(merchant_id=merchant.id, subject=person.id, actor="m", at=at)
    with silent_service(tenant.id, settings):
        page = known.get(FACE)
    assert f'data-face="{state}"' in page.content.decode()
    assert ('data-poll="5"' in page.content.decode()) is (state == "waiting")
    assert said in words(page)
    assert gone_to(known.get("/m/application/")) == FACE
    with tenant_scope(tenant.id):
        assert MerchantPerson.objects.get().identity_confirmed_at is None
        with pytest.raises(ApplicationIncomplete):
            submit_application(
                merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor="x",
                at=at,
            )  # fmt: skip
        assert Application.objects.count() == 0


def test_what_is_old_has_run_out(known: Visit, merchant: Merchant, at: datetime) -> None:
    back(known).get(FACE)
    month = at + timedelta(days=30)
    with clock.travel(month - timedelta(seconds=1)):
        later = visit_of(merchant, clock.now(), locale="en")
        assert gone_to(later.get("/m/home/")) == "/m/account/"
    with clock.travel(month):
        later = visit_of(merchant, month, locale="en")
        assert gone_to(later.get("/m/home/")) == FACE
        assert 'data-face="expired"' in later.get(FACE).content.decode()
        assert "The face check has run out" in words(later.get(FACE))


def test_a_page_nobody_comes_back_from_runs_out(
    known: Visit, tenant: Tenant, merchant: Merchant, at: datetime, settings: Any
) -> None:
    away(known)
    for after, state in ((59, "waiting"), (60, "expired")):
        moment = at + timedelta(minutes=after)
        with clock.travel(moment), silent_service(tenant.id, settings):
            later = visit_of(merchant, clock.now(), locale="en")
            assert f'data-face="{state}"' in later.get(FACE).content.decode()


def test_another_name_or_number_is_another_face(known: Visit, tenant: Tenant) -> None:
    again = back(known)
    again.get(FACE)
    again.post("/m/people/legal/", PERSON)  # the same person again
    assert 'data-face="passed"' in again.get(FACE).content.decode()
    again.post("/m/people/legal/", PERSON | {"identity_no": fake_identity_no(2)})
    assert 'data-face="none"' in again.get(FACE).content.decode()
    # Begun for one name, ended after it was another: it confirms neither.
    away(again)
    again.post("/m/people/legal/", PERSON | {"name": "李示例"})
    assert 'data-face="none"' in again.get(FACE).content.decode()
    assert [status for status, _ in checks(tenant)] == ["passed", "passed"]
    with tenant_scope(tenant.id):
        assert MerchantPerson.objects.get().identity_confirmed_at is None


def test_whoever_is_authorized_shows_his_own_face(visit: Visit, tenant: Tenant) -> None:
    visit.post("/m/people/legal/", PERSON | {"applies": "other"})
    assert gone_to(visit.get(FACE)) == "/m/people/legal/"
    who = PERSON | {"name": "李示例", "identity_no": fake_identity_no(2), "phone": "13800000002"}
    assert gone_to(visit.post("/m/people/applicant/", who)) == FACE
    assert "李*" in words(visit.get(FACE))
    back(visit).get(FACE)
    with tenant_scope(tenant.id):
        people = MerchantPerson.objects.order_by("role")
        assert [(one.role, one.identity_confirmed_at is None) for one in people] == [
            ("applicant", False), ("legal_representative", True),
        ]  # fmt: skip


def test_the_consent_is_listed_where_given_and_leaves_a_line_alone(
    visit: Visit, merchant: Merchant, line: Any, at: datetime
) -> None:
    assert words(visit.get("/m/consents/given/")).count("Take it back") == 4
    with tenant_scope(merchant.tenant_id):
        person = identify_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例", applies=True,
            identity_no=fake_identity_no(1), phone="13800000001", actor="x", at=at,
        )  # fmt: skip
        shown_face(person, at)
    assert words(visit.get("/m/consents/given/")).count("Take it back") == 5
    end = "/m/consents/face_recognition/end/"
    assert "A face check that is asked for later asks you again." in words(visit.get(end))
    assert gone_to(visit.post(end)) == "/m/consents/given/"
    assert words(visit.get("/m/consents/given/")).count("Take it back") == 4
    with tenant_scope(merchant.tenant_id):
        line.refresh_from_db()
    assert line.status == "active"
    with no_scope(), pytest.raises(NoScope):
        end_consent(merchant_id=merchant.id, code="face_recognition", evidence={}, actor="x", at=at)


def test_strangers_and_nobody(
    strangers: list[Visit], tenant: Tenant, visit: Visit, at: datetime
) -> None:
    assert Visit().get(FACE).status_code == 401
    for stranger in strangers:
        assert gone_to(stranger.get(FACE)) == "/m/home/"
        assert gone_to(stranger.post(FACE, AGREED)) == "/m/home/"
    assert gone_to(visit.get(FACE)) == "/m/application/"  # nobody asks for a face here
    assert checks(tenant) == []
    with tenant_scope(tenant.id):
        session = EmbedSession.objects.latest("id")
    with no_scope(), pytest.raises(NoScope):
        start_face_check(session=session, subject="x", step="merchant:face-show", actor="x", at=at)


def test_an_address_of_ours_only(known: Visit) -> None:
    address, _ = away(known)
    assert re.match(r"/m/e/\?t=tnt_\w+&l=en&check=fce_\w+$", address)
