"""A face check before signing: away and back, passed, failed, unknown; nothing signed without."""

import json
import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit.errors import SignsOnPages
from credit.models import Contract, ContractSignature, Offer
from platform_app.kernel import clock
from platform_app.kernel.scope import Mode
from platform_app.kernel.tenancy import mode_scope, tenant_scope
from tenants.enums import MagicWord
from tenants.errors import FaceCheckDown
from tenants.gateways import faces
from tenants.models import EmbedSession, FaceCheck, Merchant, MerchantPerson, Tenant
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.operations.face_results import receive_face_result
from tenants.operations.people import set_person
from tenants.operations.tenants import set_application_needs, set_face_check
from tests import party
from tests.credit import signing
from tests.credit.interfaces.merchant.test_signing import CODE, READ, fields, nothing_signed
from tests.tenants.faces import agreed, begun, begun_by_somebody, silent_service
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

AGREED = {"agreed": "face_recognition"}
WAY = re.compile(r'href="[^"]*(/m/e/\?[^"#]*check=fce_\w+)#s=([^"&]+)&amp;p=([^"]+)"')


@pytest.fixture
def offer(merchant: Merchant, at: datetime) -> Offer:
    with tenant_scope(merchant.tenant_id):
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="张示例",
            phone="13800000000", actor="system:test", at=at,
        )  # fmt: skip
        found = signing.offer_of(merchant, at)
        set_face_check(from_minor=found.limit_minor, actor="usr", at=at)
        return found


def named(merchant: Merchant, ending: str) -> None:
    """The test merchant's name asks for an outcome."""
    merchant.name = f"示例{ending}"
    merchant.save(update_fields=["name"])


def back(visit: Visit) -> Visit:
    """Start a check and follow its link: the service sends the browser to our own page."""
    started = visit.post("/m/offer/face/", AGREED)
    assert "Ready for the face check" in words(started)
    (found,) = WAY.findall(started.content.decode())
    answer = visit.client.post("/m/exchange", {"secret": found[1]}, content_type="application/json")
    assert visit.client.get(found[0].replace("&amp;", "&")).status_code == 200
    return Visit(token=answer.json()["token"])


def test_passed_it_is_signed_in_the_visit_that_goes_on(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    with clock.travel(at + READ):
        visit.get("/m/offer/sheet/")
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/face/"
        assert "A short face check before signing" in words(visit.get("/m/offer/face/"))
        unasked = visit.post("/m/offer/face/")
        assert (unasked.status_code, "Switch this on to go on." in words(unasked)) == (422, True)
        again = back(visit)
        assert nothing_signed(merchant)
        assert gone_to(again.get("/m/home/")) == "/m/offer/"
        assert gone_to(again.get("/m/offer/face/")) == "/m/offer/sheet/"
        assert gone_to(again.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"
        (code,) = CODE.findall(again.get("/m/offer/sign/").content.decode())
        answer = again.post("/m/offer/confirm/", fields(offer, code=code))
        assert gone_to(answer) == "/m/offer/done/"
    with tenant_scope(merchant.tenant_id):
        check, row = FaceCheck.objects.get(), ContractSignature.objects.get()
        assert Contract.objects.count() == 1
    assert (check.status, check.ended_at) == ("passed", at + READ)
    assert row.evidence["face_check"]["evidence"] == f"simulated-{check.id}"


def test_below_the_limit_nobody_is_asked(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        set_face_check(from_minor=offer.limit_minor + 1, actor="usr", at=at)
    with clock.travel(at + READ):
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"


def test_a_check_is_good_for_half_an_hour(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    with clock.travel(at + READ):
        back(visit).get("/m/offer/face/")
    with clock.travel(at + READ + timedelta(minutes=30)):
        later = visit_of(merchant, at + READ + timedelta(minutes=30), locale="en")
        assert gone_to(later.post("/m/offer/accept/", fields(offer))) == "/m/offer/face/"
    assert nothing_signed(merchant)


@pytest.mark.parametrize(
    ("word", "status", "said"),
    [
        (MagicWord.FACE_FAIL, "failed", "The face check was not passed"),
        (MagicWord.FACE_UNKNOWN, "unknown", "The result is not there yet"),
    ],
)
def test_not_passed_signs_nothing(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime, word: str, status: str, said: str,
    settings: Any,
) -> None:  # fmt: skip
    with tenant_scope(merchant.tenant_id), mode_scope(Mode(is_test=True)):
        named(merchant, word)
        session = EmbedSession.objects.filter(merchant=merchant).latest("id")
        asked: dict[str, Any] = {"subject": offer.id, "actor": "m", "at": at}
        agreed(MerchantPerson.objects.get(), at)
        start_face_check(session=session, step="merchant:face-show", **asked)
        row = look_at_face_check(merchant_id=merchant.id, **asked)
        assert row is not None
        assert (row.status, row.evidence_id) == (status, "")
        with pytest.raises(SignsOnPages):
            signing.signed(offer, at + READ)
    with clock.travel(at + READ), silent_service(merchant.tenant_id, settings):
        assert said in words(visit.get("/m/offer/face/"))
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/face/"
    assert nothing_signed(merchant)


def test_whoever_waits_too_long_shows_it_again(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    """Passed at the service an hour ago and nobody looked: that is no face seen now."""
    with clock.travel(at + READ):
        visit.get("/m/offer/sheet/")
        visit.post("/m/offer/face/", AGREED)
    hour = at + READ + timedelta(hours=1)
    with clock.travel(hour):
        later = visit_of(merchant, hour, locale="en")
        assert 'data-face="expired"' in later.get("/m/offer/face/").content.decode()
        assert gone_to(later.post("/m/offer/accept/", fields(offer))) == "/m/offer/face/"
    with tenant_scope(merchant.tenant_id):
        check = FaceCheck.objects.get()
        assert (check.status, check.evidence_id, check.ended_at) == ("expired", "", hour)
        assert MerchantPerson.objects.get().identity_confirmed_at is None
    assert nothing_signed(merchant)


def test_a_second_start_does_not_undo_the_first(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime, settings: Any
) -> None:
    with clock.travel(at + READ):
        visit.get("/m/offer/sheet/")
        visit.post("/m/offer/face/", AGREED)
        with tenant_scope(merchant.tenant_id):
            first = FaceCheck.objects.get()
        visit.post("/m/offer/face/")
        settings.MESSAGES_SIMULATED, settings.FACES_URL = False, ""
        with tenant_scope(merchant.tenant_id):
            Tenant.objects.filter(pk=merchant.tenant_id).update(is_virtual=False)
        for _ in range(6):  # the service is down: these do not count
            refused = visit.post("/m/offer/face/")
            assert (refused.status_code, "try again" in words(refused)) == (422, True)
        with tenant_scope(merchant.tenant_id):
            Tenant.objects.filter(pk=merchant.tenant_id).update(is_virtual=True)
            receive_face_result(
                reference=first.reference, status="passed", evidence_id="EV", actor="s",
                at=at + READ,
            )  # fmt: skip
            assert FaceCheck.objects.exclude(reference="").count() == 2
        settings.MESSAGES_SIMULATED = True
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/sign/"


def test_nobody_agrees_for_somebody_else(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    with tenant_scope(merchant.tenant_id):
        agreed(MerchantPerson.objects.get(), at)
    assert 'role="switch"' not in visit.get("/m/offer/face/").content.decode()
    with tenant_scope(merchant.tenant_id):
        set_person(
            merchant_id=merchant.id, role="legal_representative", name="李示例",
            phone="13800000000", actor="system:test", at=at,
        )  # fmt: skip
    page = visit.get("/m/offer/face/")
    assert 'role="switch"' in page.content.decode()
    assert "李*" in words(page)
    assert visit.post("/m/offer/face/").status_code == 422
    with tenant_scope(merchant.tenant_id):
        assert FaceCheck.objects.count() == 0


def test_the_way_back_keeps_step_and_order(
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime
) -> None:
    order = {"purchase_order": "PO-1"}
    with tenant_scope(merchant.tenant_id):
        EmbedSession.objects.filter(merchant=merchant).update(order=order)
    with clock.travel(at + READ):
        started = visit.post("/m/offer/face/", AGREED)
    ((_, secret, step),) = WAY.findall(started.content.decode())
    assert step == "/m/offer/face/"
    with clock.travel(at + READ + timedelta(minutes=59)):
        answer = visit.client.post(
            "/m/exchange", {"secret": secret}, content_type="application/json"
        )
        assert answer.status_code == 200
    with tenant_scope(merchant.tenant_id):
        assert EmbedSession.objects.latest("id").order == order
        assert secret not in str(list(FaceCheck.objects.values()))


def test_who_is_looked_for_is_asked_for(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        assert set_application_needs(needs=[], actor="usr", at=at).application_needs == []
        needs = ["legal_representative"]
        assert set_face_check(from_minor=1, actor="usr", at=at).application_needs == needs
        assert set_application_needs(needs=[], actor="usr", at=at).application_needs == needs


def test_what_is_no_text_is_no_evidence(settings: Any) -> None:
    with party.listening() as heard:
        settings.FACES_URL = f"http://127.0.0.1:{heard.port}"
        service = faces.gateway(is_simulated=False, word=None)
        heard.body = b'{"status": "passed", "evidence_id": null}'
        assert service.ask("R-1") == faces.FaceOutcome("unknown")


def test_a_service_whose_numbers_repeat_is_down(
    tenant: Tenant, at: datetime, settings: Any
) -> None:
    first = begun_by_somebody(tenant, at)
    with tenant_scope(tenant.id), silent_service(tenant.id, settings) as heard:
        said = {"url": "https://faces.example/1", "reference": first.reference}
        heard.body = json.dumps(said).encode()
        with pytest.raises(FaceCheckDown):
            begun(MerchantPerson.objects.get(), at)
        assert sorted(FaceCheck.objects.values_list("reference", flat=True)) == [
            "", first.reference,
        ]  # fmt: skip


def test_a_service_is_told_and_asked_over_http(settings: Any) -> None:
    order = faces.FaceOrder(
        key="fce_1", name="张示例", identity_no="", return_url="https://x/", locale="en",
        callback_url="https://x/cb",
    )  # fmt: skip
    settings.FACES_URL = ""
    with pytest.raises(FaceCheckDown):
        faces.gateway(is_simulated=False, word=None)
    with party.listening() as heard:
        settings.FACES_URL = f"http://127.0.0.1:{heard.port}"
        service = faces.gateway(is_simulated=False, word=None)
        with pytest.raises(FaceCheckDown):
            service.start(order)
        assert service.ask("R-1") == faces.FaceOutcome("unknown")
    assert [(one[0], one[1]) for one in heard.requests] == [
        ("POST", "/face_checks"), ("GET", "/face_checks/R-1"),
    ]  # fmt: skip
    told = json.loads(heard.requests[0][2])
    assert (told["name"], told["callback_url"]) == ("张示例", "https://x/cb")


def test_strangers_see_no_check(strangers: list[Visit], offer: Offer) -> None:
    for visit in strangers:
        assert gone_to(visit.get("/m/offer/face/")) == "/m/home/"
        assert gone_to(visit.post("/m/offer/face/")) == "/m/home/"
    with tenant_scope(offer.tenant_id):
        assert FaceCheck.objects.count() == 0
