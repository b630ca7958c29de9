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
from tenants.models import EmbedSession, FaceCheck, Merchant
from tenants.operations.consents import give_consents
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.operations.people import set_person
from tenants.operations.tenants import set_face_check
from tests import party
from tests.credit import signing
from tests.credit.interfaces.merchant.test_signing import CODE, READ, fields, nothing_signed
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

AGREED = {"agreed": "face_recognition"}
WAY = re.compile(r'href="[^"]*(/m/e/\?[^"#]*check=fce_\w+)#s=([^"]+)"')


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
    visit: Visit, merchant: Merchant, offer: Offer, at: datetime, word: str, status: str, said: str
) -> None:
    with tenant_scope(merchant.tenant_id), mode_scope(Mode(is_test=True)):
        named(merchant, word)
        session = EmbedSession.objects.filter(merchant=merchant).latest("id")
        asked: dict[str, Any] = {"subject": offer.id, "actor": "m", "at": at}
        give_consents(
            merchant_id=merchant.id, codes=["face_recognition"], locale="en", evidence={},
            actor="m", at=at,
        )  # fmt: skip
        start_face_check(session=session, page="merchant:shell", **asked)
        row = look_at_face_check(merchant_id=merchant.id, **asked)
        assert row is not None
        assert (row.status, row.evidence_id) == (status, "")
        with pytest.raises(SignsOnPages):
            signing.signed(offer, at + READ)
        FaceCheck.objects.update(reference="")  # the page asks nobody again
    with clock.travel(at + READ):
        assert said in words(visit.get("/m/offer/face/"))
        assert gone_to(visit.post("/m/offer/accept/", fields(offer))) == "/m/offer/face/"
    assert nothing_signed(merchant)


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
