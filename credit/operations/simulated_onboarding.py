"""A made-up merchant hands in what its platform asks for, through the real operations."""

from datetime import datetime

from tenants.enums import (
    AccountKind,
    AttachmentKind,
    ConsentCode,
    EmbedComponent,
    MerchantKind,
)
from tenants.models import Merchant, MerchantPerson
from tenants.operations.accounts import set_account
from tenants.operations.attachments import add_attachment
from tenants.operations.consents import give_consents
from tenants.operations.embed_sessions import open_session
from tenants.operations.face_checks import look_at_face_check, start_face_check
from tenants.operations.face_results import whom_index
from tenants.operations.identities import LEGAL, identify_person
from tenants.operations.phone_codes import confirm_phone, send_phone_code
from tenants.operations.sandbox import fake_card_no, fake_identity_no, fake_photo
from tenants.queries.onboarding import missing_needs
from tenants.queries.tenants import current_tenant
from tenants.values import VIRTUAL_CODE

NAME = "张示例"


def hand_in(merchant: Merchant, *, number: int, actor: str, at: datetime) -> None:
    """Person, code, face, account and photo of merchant `number`, all obviously fake; once.

    Consents come first. Raises MessageNotTaken, FaceCheckDown where messages and people really
    leave.
    """
    needs = current_tenant().application_needs
    if not missing_needs(merchant, needs, at=at):
        return
    person = identify_person(
        merchant_id=merchant.id, role=LEGAL, name=NAME, identity_no=fake_identity_no(number),
        phone=f"190{number % 10**8:08d}", applies=True, actor=actor, at=at,
    )  # fmt: skip
    missing = missing_needs(merchant, needs, at=at)
    if "phone" in missing:
        send_phone_code(merchant_id=merchant.id, locale="zh-hans", actor=actor, at=at)
        confirm_phone(merchant_id=merchant.id, code=VIRTUAL_CODE, actor=actor, at=at)
    if "face" in missing:
        _show_face(merchant, person, actor=actor, at=at)
    is_alone = merchant.kind == MerchantKind.NATURAL_PERSON
    set_account(
        merchant_id=merchant.id, bank_name="示例银行", actor=actor, at=at,
        kind=AccountKind.CARD if is_alone else AccountKind.CORPORATE,
        holder_name=NAME if is_alone else merchant.name,
        number=fake_card_no(number) if is_alone else f"00{number % 10**12:012d}",
    )  # fmt: skip
    add_attachment(
        merchant_id=merchant.id, kind=AttachmentKind.BUSINESS_LICENSE, upload_key="simulated",
        file_name="license.jpg", content=fake_photo(number), actor=actor, at=at,
    )  # fmt: skip


def _show_face(merchant: Merchant, person: MerchantPerson, *, actor: str, at: datetime) -> None:
    """The consent, the check, and the look at its result, in a visit nobody goes on with."""
    give_consents(
        merchant_id=merchant.id, codes=[ConsentCode.FACE_RECOGNITION], locale="zh-hans",
        evidence={"whom": whom_index(person)}, actor=actor, at=at,
    )  # fmt: skip
    visit, _ = open_session(
        merchant_id=merchant.id, component=EmbedComponent.APPLY, origin="", return_url="",
        locale="zh-hans", order_no="", amount_minor=0, actor=actor, at=at,
    )  # fmt: skip
    start_face_check(
        session=visit, subject=person.id, person=person, step="merchant:face-identify",
        actor=actor, at=at,
    )  # fmt: skip
    look_at_face_check(merchant_id=merchant.id, subject=person.id, actor=actor, at=at)
