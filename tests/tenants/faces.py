"""A face check that a merchant has begun, and one that is passed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from platform_app.kernel.tenancy import tenant_scope
from tenants.models import EmbedSession, FaceCheck, MerchantPerson, Tenant
from tenants.operations.consents import give_consents
from tenants.operations.embed_sessions import open_session
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.operations.face_results import whom_index
from tenants.operations.identities import identify_person
from tenants.operations.merchants import upsert_merchant
from tenants.operations.sandbox import fake_identity_no
from tests import party


def visiting(merchant_id: str, at: datetime) -> EmbedSession:
    session, _ = open_session(
        merchant_id=merchant_id, component="apply", origin="", return_url="", locale="en",
        order_no="", amount_minor=0, actor="x", at=at,
    )  # fmt: skip
    return session


def agreed(person: MerchantPerson, at: datetime) -> None:
    """This very person agreed to having the face looked at."""
    give_consents(
        merchant_id=person.merchant_id, codes=["face_recognition"], locale="en",
        evidence={"whom": whom_index(person)}, actor="x", at=at,
    )  # fmt: skip


def begun(person: MerchantPerson, at: datetime) -> FaceCheck:
    """Agreed to and started for who applies."""
    agreed(person, at)
    check, _ = start_face_check(
        session=visiting(person.merchant_id, at), subject=person.id, person=person, actor="x",
        step="merchant:face-identify", at=at,
    )  # fmt: skip
    return check


def shown_face(person: MerchantPerson, at: datetime) -> None:
    """Begun, and passed when the service is asked."""
    begun(person, at)
    look_at_face_check(merchant_id=person.merchant_id, subject=person.id, actor="x", at=at)


@contextmanager
def silent_service(tenant_id: str, settings: Any) -> Iterator[party.Heard]:
    """A service of its own that never knows the outcome, in place of the one in this process."""
    Tenant.objects.filter(pk=tenant_id).update(is_virtual=False)
    settings.MESSAGES_SIMULATED = False
    with party.listening() as heard:
        heard.body = b"{}"
        settings.FACES_URL = f"http://127.0.0.1:{heard.port}"
        yield heard


def begun_by_somebody(tenant: Tenant, at: datetime) -> FaceCheck:
    """A check of the legal representative of a firm of its own; opens the platform's scope."""
    with tenant_scope(tenant.id):
        firm, _ = upsert_merchant(external_id="M-1", name="示例宠物店", actor="x", at=at)
        give_consents(
            merchant_id=firm.id, codes=["sensitive_data"], locale="en", evidence={}, actor="x",
            at=at,
        )  # fmt: skip
        person = identify_person(
            merchant_id=firm.id, role="legal_representative", name="张示例", applies=True,
            identity_no=fake_identity_no(1), phone="13800000001", actor="x", at=at,
        )  # fmt: skip
        return begun(person, at)
