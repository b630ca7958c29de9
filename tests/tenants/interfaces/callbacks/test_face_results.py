"""The service tells us how a check ended: signed over the bytes, once, before or after the browser.

What is badly signed, stale, of nobody or against the first result moves nothing.
"""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from platform_app.kernel import clock
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.signed_http import signature
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import FaceCheck, MerchantPerson, Tenant
from tenants.operations.face_checks import look_at_face_check
from tenants.operations.face_results import receive_face_result
from tenants.operations.identities import identify_person
from tenants.operations.sandbox import fake_identity_no
from tests import party
from tests.tenants.faces import begun_by_somebody

SECRETS = ["first-secret-of-the-service", "second-secret-of-the-service"]


@pytest.fixture(autouse=True)
def agreed(settings: Any) -> None:
    settings.FACES_CALLBACK_SECRETS = SECRETS


@pytest.fixture
def check(tenant: Tenant, at: datetime) -> FaceCheck:
    return begun_by_somebody(tenant, at)


def post(
    tenant_id: str, said: Any, *, at: datetime, secret: str = SECRETS[0], **changes: Any
) -> Any:
    """As the service posts it; `changes` are what a forger changes after signing."""
    path, raw = f"/callbacks/faces/{tenant_id}", json.dumps(said).encode()
    moment = int(at.timestamp())
    signed = signature(secret, timestamp=moment, method="POST", path=path, body=raw)
    return Client(enforce_csrf_checks=True).post(
        changes.get("path", path),
        changes.get("raw", raw),
        content_type="application/json",
        headers={
            "BT-Timestamp": changes.get("timestamp", str(moment)),
            "BT-Signature": changes.get("signature", signed),
        },
    )


def passed(check: FaceCheck, **changes: str) -> dict[str, str]:
    return {"reference": check.reference, "status": "passed", "evidence_id": "EV-1"} | changes


def state(tenant: Tenant) -> list[Any]:
    """Everything a result may move."""
    with tenant_scope(tenant.id):
        rows = FaceCheck.objects.order_by("id").values_list("status", "evidence_id", "ended_at")
        people = [one.identity_confirmed_at for one in MerchantPerson.objects.order_by("id")]
        told = Event.objects.filter(name__startswith="tenants.face_check").order_by("id")
        return [list(rows), people, list(told.values_list("name", "actor"))]


STARTED = ("tenants.face_check.started", "x")


def test_before_the_browser_comes_back(tenant: Tenant, check: FaceCheck, at: datetime) -> None:
    answer = post(tenant.id, passed(check), at=at)
    assert (answer.status_code, answer.json()) == (
        200, {"reference": check.reference, "status": "passed"},
    )  # fmt: skip
    after = state(tenant)
    assert after == [
        [("passed", "EV-1", at)], [at], [STARTED, ("tenants.face_check.passed", "system:faces")],
    ]  # fmt: skip
    with tenant_scope(tenant.id):  # the browser's way is a read now: our evidence is not replaced
        row = look_at_face_check(
            merchant_id=check.merchant_id, subject=check.subject, actor="m", at=at
        )
    assert row is not None
    assert row.evidence_id == "EV-1"
    assert state(tenant) == after


def test_after_the_browser_and_again(tenant: Tenant, check: FaceCheck, at: datetime) -> None:
    with tenant_scope(tenant.id):
        look_at_face_check(merchant_id=check.merchant_id, subject=check.subject, actor="m", at=at)
    after = state(tenant)
    assert after[0] == [("passed", f"simulated-{check.id}", at)]
    for secret in SECRETS:  # each of the two that are good while one replaces the other
        later = at + timedelta(minutes=1)
        with clock.travel(later):
            assert post(tenant.id, passed(check), at=later, secret=secret).status_code == 200
    assert state(tenant) == after


@pytest.mark.parametrize("status", ["failed", "expired"])
def test_not_passed_confirms_nobody(
    tenant: Tenant, check: FaceCheck, at: datetime, status: str
) -> None:
    said = {"reference": check.reference, "status": status}
    assert post(tenant.id, said, at=at).status_code == 200
    after = state(tenant)
    assert after[:2] == [[(status, "", at)], [None]]
    other = post(tenant.id, passed(check), at=at)
    assert (other.status_code, other.json()["code"]) == (409, "face_result_conflict")
    assert f"“{status}”" in other.json()["message_en"]
    assert state(tenant) == after


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"signature": ""}, "callback_signature_invalid"),
        ({"signature": "0" * 64}, "callback_signature_invalid"),
        ({"signature": "签"}, "callback_signature_invalid"),
        ({"timestamp": ""}, "callback_signature_invalid"),
        ({"timestamp": "1"}, "callback_signature_invalid"),
        ({"timestamp": "9" * 13}, "callback_signature_invalid"),
        ({"raw": b'{"reference":"x","status":"passed","evidence_id":"EV-1"}'},
         "callback_signature_invalid"),
        ({"secret": "third-secret"}, "callback_signature_invalid"),
        ({"at": timedelta(seconds=301)}, "callback_stale"),
        ({"at": timedelta(seconds=-301)}, "callback_stale"),
    ],
)  # fmt: skip
def test_what_is_not_signed_now_moves_nothing(
    tenant: Tenant, check: FaceCheck, at: datetime, changes: dict[str, Any], code: str
) -> None:
    before = state(tenant)
    moment = at + changes.pop("at", timedelta())
    answer = post(tenant.id, passed(check), at=moment, **changes)
    assert (answer.status_code, answer.json()["code"]) == (401, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert state(tenant) == before


def test_five_minutes_are_good_and_no_secret_is_none(
    tenant: Tenant, check: FaceCheck, at: datetime, settings: Any
) -> None:
    assert Client().get(f"/callbacks/faces/{tenant.id}").status_code == 405
    before = state(tenant)
    settings.FACES_CALLBACK_SECRETS = []
    for secret in ("", SECRETS[0]):
        answer = post(tenant.id, passed(check), at=at, secret=secret)
        assert answer.json()["code"] == "callback_signature_invalid"
    assert state(tenant) == before
    settings.FACES_CALLBACK_SECRETS = SECRETS
    assert post(tenant.id, passed(check), at=at - timedelta(seconds=300)).status_code == 200


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"reference": "nobody's"}, 404, "face_reference_unknown"),
        ({"reference": ""}, 404, "face_reference_unknown"),
        ({"reference": 7}, 422, "invalid"),
        ({"reference": "a\x00b"}, 422, "invalid"),
        ({"status": "unknown"}, 422, "invalid"),
        ({"status": "started"}, 422, "invalid"),
        ({"evidence_id": ""}, 422, "invalid"),
        ({"reference": "\ud800"}, 422, "invalid"),
        ([1], 422, "invalid"),
    ],
)
def test_what_says_nothing_we_know_moves_nothing(
    tenant: Tenant, check: FaceCheck, at: datetime, said: Any, status: int, code: str
) -> None:
    before = state(tenant)
    whole = passed(check) | said if isinstance(said, dict) else said
    answer = post(tenant.id, whole, at=at)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert state(tenant) == before


def test_a_reference_is_known_in_its_own_platform_only(
    tenant: Tenant, other_tenant: Tenant, check: FaceCheck, at: datetime
) -> None:
    before = state(tenant)
    for where in (other_tenant.id, "tnt_nonsense", tenant.id[:-1] + "~"):
        answer = post(where, passed(check), at=at)
        assert (answer.status_code, answer.json()["code"]) == (404, "face_reference_unknown")
    moved = post(tenant.id, passed(check), at=at, path=f"/callbacks/faces/{other_tenant.id}")
    assert moved.json()["code"] == "callback_signature_invalid"  # the address is signed too
    assert state(tenant) == before
    with no_scope(), pytest.raises(NoScope):
        receive_face_result(
            reference=check.reference, status="failed", evidence_id="", actor="x", at=at
        )


def test_who_has_changed_since_is_not_confirmed(
    tenant: Tenant, check: FaceCheck, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        identify_person(
            merchant_id=check.merchant_id, role="legal_representative", name="李示例", applies=True,
            identity_no=fake_identity_no(1), phone="13800000001", actor="x", at=at,
        )  # fmt: skip
    assert post(tenant.id, passed(check), at=at).status_code == 200
    assert state(tenant)[:2] == [[("passed", "EV-1", at)], [None]]


def test_a_live_service_is_given_the_address_it_calls(
    tenant: Tenant, at: datetime, settings: Any
) -> None:
    """As the runbook says it: started, called back at exactly that address, asked for the rest."""
    Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
    settings.MESSAGES_SIMULATED = False
    with party.listening() as heard:
        settings.FACES_URL = f"http://127.0.0.1:{heard.port}"
        heard.body = b'{"url": "https://faces.example/R-1", "reference": "R-1"}'
        check = begun_by_somebody(tenant, at)
        assert check.reference == "R-1"
        method, path, raw, _ = heard.requests[0]
        assert (method, path) == ("POST", "/face_checks")
        told = json.loads(raw)
        assert told["callback_url"] == f"{settings.PUBLIC_URL}/callbacks/faces/{tenant.id}"
        assert (told["name"], told["identity_no"]) == ("张示例", fake_identity_no(1))
        heard.body = b'{"status": "passed"}'  # without evidence: not known yet
        asked: dict[str, Any] = {
            "merchant_id": check.merchant_id,
            "subject": check.subject,
            "actor": "m",
            "at": at,
        }
        with tenant_scope(tenant.id):
            look_at_face_check(**asked)
        assert state(tenant)[0] == [("unknown", "", None)]
        heard.body = b'{"status": "expired"}'
        with tenant_scope(tenant.id):
            look_at_face_check(**asked)
        assert state(tenant)[:2] == [[("expired", "", at)], [None]]
    late = post(tenant.id, passed(check), at=at)
    assert (late.status_code, late.json()["code"]) == (409, "face_result_conflict")
