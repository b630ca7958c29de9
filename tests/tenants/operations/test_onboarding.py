"""What a merchant hands in: people, codes, account, files, half-filled pages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from platform_app.kernel import clock
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ApplicationNeed, ConsentCode
from tenants.errors import (
    AccountHolderMismatch,
    AttachmentKeyUsed,
    AttachmentNotFound,
    AttachmentsTooMany,
    AttachmentTooLarge,
    BadAccountNumber,
    BadAttachment,
    BadIdentityNumber,
    BadPhone,
    LegalRepresentativeMissing,
    MessageNotTaken,
    PhoneCodeExpired,
    PhoneCodeTooMany,
    PhoneCodeTooSoon,
    PhoneCodeWrong,
    SensitiveConsentMissing,
)
from tenants.models import (
    Attachment,
    Merchant,
    MerchantDraft,
    MerchantPerson,
    PhoneCode,
    SettlementAccount,
    Tenant,
)
from tenants.operations import attachments
from tenants.operations.accounts import set_account
from tenants.operations.attachments import add_attachment, open_attachment
from tenants.operations.consents import give_consents
from tenants.operations.drafts import discard_draft, purge_drafts, save_draft
from tenants.operations.identities import identify_person
from tenants.operations.merchants import upsert_merchant
from tenants.operations.people import reveal_person, set_person
from tenants.operations.phone_codes import confirm_phone, send_phone_code
from tenants.operations.sandbox import fake_card_no, fake_identity_no, fake_photo
from tenants.operations.tenants import set_application_needs
from tenants.queries.onboarding import draft, list_attachments, missing_needs
from tenants.values import PersonDetails
from tests.tenants.faces import shown_face

pytestmark = pytest.mark.django_db
ACTOR = "merchant:x"
ALL = list(ApplicationNeed.values)


@pytest.fixture
def firm(inside: Tenant, at: datetime) -> Merchant:
    assert inside.is_virtual is True
    return firm_of("company", at)


def firm_of(kind: str, at: datetime, *, number: str = "M1", consents: bool = True) -> Merchant:
    row, _ = upsert_merchant(external_id=number, name="示例宠物店", kind=kind, actor="x", at=at)
    if consents:
        give_consents(
            merchant_id=row.id, codes=list(ConsentCode.values), locale="zh-hans", evidence={},
            actor="x", at=at,
        )  # fmt: skip
    return row


def legal(firm: Merchant, at: datetime, **changes: Any) -> MerchantPerson:
    said: dict[str, Any] = {
        "role": "legal_representative", "name": "张示例", "identity_no": fake_identity_no(1),
        "phone": "13800000001", "applies": True,
    } | changes  # fmt: skip
    return identify_person(merchant_id=firm.id, actor=ACTOR, at=at, **said)


def account(firm: Merchant, at: datetime, **changes: Any) -> SettlementAccount:
    said = {
        "kind": "corporate", "bank_name": "示例银行", "holder_name": "示例宠物店",
        "number": "11001234567890",
    } | changes  # fmt: skip
    return set_account(merchant_id=firm.id, actor=ACTOR, at=at, **said)


def photo(firm: Merchant, at: datetime, **changes: Any) -> Attachment:
    said: dict[str, Any] = {
        "kind": "business_license", "upload_key": "u1", "file_name": "a.jpg",
        "content": fake_photo(1),
    } | changes  # fmt: skip
    return add_attachment(merchant_id=firm.id, actor=ACTOR, at=at, **said)


def told() -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))


# --- people ---------------------------------------------------------------------------------------


def test_a_person_is_known_by_a_sealed_number(firm: Merchant, at: datetime) -> None:
    person = legal(firm, at)
    before = told()
    assert legal(firm, at) == person
    assert told() == before
    assert (person.identity_masked, person.relation) == (
        "*" * 14 + fake_identity_no(1)[-4:],
        "self",
    )
    assert fake_identity_no(1).encode() not in bytes(person.identity_sealed or b"")
    clear = reveal_person(person_id=person.id, reason="商户来电核实", actor="usr", at=at)
    assert clear == PersonDetails(
        "legal_representative", "张示例", "13800000001", fake_identity_no(1)
    )


@pytest.mark.usefixtures("inside")
def test_nothing_sensitive_is_kept_before_the_consent(at: datetime) -> None:
    firm = firm_of("company", at, consents=False)
    before = told()
    acts: list[Callable[[], object]] = [
        lambda: legal(firm, at),
        lambda: account(firm, at),
        lambda: photo(firm, at),
        lambda: save_draft(merchant_id=firm.id, step="legal", fields={"name": "张"}, at=at),
    ]
    for act in acts:
        with pytest.raises(SensitiveConsentMissing):
            act()
    assert told() == before
    for table in (MerchantPerson, SettlementAccount, Attachment, MerchantDraft):
        assert table.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"role": "finance_contact"}, Invalid),
        ({"name": " "}, Invalid),
        ({"phone": "110"}, BadPhone),
        ({"identity_no": "1"}, BadIdentityNumber),
    ],
)
def test_a_refused_person_leaves_nothing(
    firm: Merchant, changes: dict[str, str], error: type[Exception], at: datetime
) -> None:
    before = told()
    with pytest.raises(error):
        legal(firm, at, **changes)
    assert (MerchantPerson.objects.count(), told()) == (0, before)


def test_one_person_applies(firm: Merchant, at: datetime) -> None:
    first = legal(firm, at)
    second = legal(firm, at, role="applicant", name="李示例", phone="13800000002")
    first.refresh_from_db()
    assert (first.relation, second.relation) == ("", "authorized")


def test_a_confirmed_number_is_confirmed_again_when_it_changes(
    firm: Merchant, at: datetime
) -> None:
    person = legal(firm, at)
    send_phone_code(merchant_id=firm.id, locale="zh-hans", actor=ACTOR, at=at)
    assert confirm_phone(merchant_id=firm.id, code=" 000 000", actor=ACTOR, at=at) == person
    person.refresh_from_db()
    assert person.phone_verified_at == at
    changed = legal(firm, at, phone="13800000009")
    changed.refresh_from_db()
    assert (changed.id, changed.phone_verified_at) == (person.id, None)
    other = set_person(
        merchant_id=firm.id, role="legal_representative", name="王示例", phone="13800000009",
        actor="usr", at=at,
    )  # fmt: skip
    assert (other.identity_index, other.identity_sealed, other.identity_masked) == ("", None, "")


# --- codes ----------------------------------------------------------------------------------------


def test_a_code_needs_somebody_who_applies(firm: Merchant, at: datetime) -> None:
    with pytest.raises(NotFound):
        send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at)
    assert PhoneCode.objects.count() == 0


def test_codes_come_a_minute_apart_and_ten_a_day(firm: Merchant, at: datetime) -> None:
    legal(firm, at)
    words: dict[str, Any] = {"merchant_id": firm.id, "locale": "en", "actor": ACTOR}
    first = send_phone_code(**words, at=at)
    with pytest.raises(PhoneCodeTooSoon) as refusal:
        send_phone_code(**words, at=at + timedelta(seconds=59))
    assert refusal.value.facts == {"seconds": 1}
    second = send_phone_code(**words, at=at + timedelta(seconds=60))
    first.refresh_from_db()
    assert (first.status, second.status) == ("spent", "sent")
    for minute in range(2, 10):
        send_phone_code(**words, at=at + timedelta(minutes=minute))
    with pytest.raises(PhoneCodeTooMany):
        send_phone_code(**words, at=at + timedelta(minutes=11))
    assert PhoneCode.objects.count() == 10


def test_five_wrong_tries_end_a_code_and_are_counted(firm: Merchant, at: datetime) -> None:
    legal(firm, at)
    send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(PhoneCodeWrong) as refusal:
            confirm_phone(merchant_id=firm.id, code="123456", actor=ACTOR, at=at)
        assert refusal.value.facts == {"left": left}
    with pytest.raises(PhoneCodeExpired):
        confirm_phone(merchant_id=firm.id, code="000000", actor=ACTOR, at=at)
    row = PhoneCode.objects.get()
    assert (row.status, row.tries_count) == ("spent", 5)
    assert MerchantPerson.objects.get().phone_verified_at is None


def test_a_code_lives_five_minutes_and_belongs_to_its_number(firm: Merchant, at: datetime) -> None:
    legal(firm, at)
    send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at)
    with pytest.raises(PhoneCodeExpired):
        confirm_phone(merchant_id=firm.id, code="000000", actor=ACTOR, at=at + timedelta(minutes=5))
    legal(firm, at, phone="13800000009")
    with pytest.raises(PhoneCodeExpired):
        confirm_phone(merchant_id=firm.id, code="000000", actor=ACTOR, at=at)


def test_a_live_platform_without_a_provider_sends_and_shows_nothing(
    firm: Merchant, at: datetime
) -> None:
    legal(firm, at)
    Tenant.objects.filter(pk=firm.tenant_id).update(is_virtual=False)
    with pytest.raises(MessageNotTaken):
        send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at)
    assert PhoneCode.objects.count() == 0


def test_what_the_provider_does_not_take_leaves_no_code_behind(
    firm: Merchant, at: datetime, settings: Any
) -> None:
    settings.MESSAGES_URL = "http://127.0.0.1:1"
    legal(firm, at)
    Tenant.objects.filter(pk=firm.tenant_id).update(is_virtual=False)
    with pytest.raises(MessageNotTaken):
        send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at)
    assert PhoneCode.objects.get().status == "spent"
    with pytest.raises(PhoneCodeExpired):
        confirm_phone(merchant_id=firm.id, code="000000", actor=ACTOR, at=at)


# --- account --------------------------------------------------------------------------------------


def test_an_account_is_sealed_and_shows_its_last_four(firm: Merchant, at: datetime) -> None:
    kept = account(firm, at)
    before = told()
    assert account(firm, at) == kept
    assert told() == before
    assert (kept.number_masked, kept.holder_masked) == ("**** 7890", "示例宠物店")
    assert b"11001234567890" not in bytes(kept.number_sealed)
    legal(firm, at)
    card = account(firm, at, kind="card", holder_name="张 示例", number=fake_card_no(3))
    assert (card.id, card.holder_masked) == (kept.id, "张*")


@pytest.mark.parametrize(
    ("kind", "changes", "error"),
    [
        ("company", {"kind": "purse"}, Invalid),
        ("company", {"bank_name": ""}, Invalid),
        ("company", {"holder_name": "别家的店"}, AccountHolderMismatch),
        ("company", {"holder_name": "张示例"}, AccountHolderMismatch),
        ("company", {"number": "12"}, BadAccountNumber),
        ("company", {"kind": "card", "number": fake_card_no(1)}, AccountHolderMismatch),
        ("natural_person", {"holder_name": "张示例"}, Invalid),
    ],
)
@pytest.mark.usefixtures("inside")
def test_a_refused_account_leaves_nothing(
    kind: str, changes: dict[str, str], error: type[Exception], at: datetime
) -> None:
    firm = firm_of(kind, at)
    legal(firm, at)
    before = told()
    with pytest.raises(error):
        account(firm, at, **changes)
    assert (SettlementAccount.objects.count(), told()) == (0, before)


@pytest.mark.usefixtures("inside")
def test_an_individual_business_may_be_paid_in_its_owners_name(at: datetime) -> None:
    firm = firm_of("individual_business", at)
    with pytest.raises(LegalRepresentativeMissing):
        account(firm, at, holder_name="张示例")
    legal(firm, at)
    assert account(firm, at, holder_name="张示例").kind == "corporate"


# --- files ----------------------------------------------------------------------------------------


def test_an_upload_repeated_is_one_file_and_every_look_is_recorded(
    firm: Merchant, at: datetime
) -> None:
    kept = photo(firm, at)
    before = told()
    assert photo(firm, at) == kept
    assert told() == before
    assert (kept.content_type, kept.byte_count) == ("image/jpeg", len(fake_photo(1)))
    assert fake_photo(1) not in bytes(kept.sealed)
    found = open_attachment(attachment_id=kept.id, merchant_id=firm.id, actor=ACTOR, at=at)
    assert (found.content, found.content_type) == (fake_photo(1), "image/jpeg")
    record = AuditRecord.objects.get(subject=kept.id)
    assert (record.actor, record.action) == (ACTOR, "tenants.attachment.open")
    with pytest.raises(AttachmentKeyUsed):
        photo(firm, at, content=fake_photo(2))
    with pytest.raises(AttachmentKeyUsed):
        photo(firm, at, kind="other")
    assert list(list_attachments(firm.id)) == [kept]


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"kind": "poem"}, Invalid),
        ({"upload_key": ""}, Invalid),
        ({"content": b"MZ\x90\x00 no photo", "file_name": "a.jpg"}, BadAttachment),
        ({"content": b""}, BadAttachment),
        ({"content": b"\xff\xd8\xff" + b"0" * 4_000_000}, AttachmentTooLarge),
    ],
)
def test_a_refused_file_leaves_nothing(
    firm: Merchant, changes: dict[str, Any], error: type[Exception], at: datetime
) -> None:
    before = told()
    with pytest.raises(error):
        photo(firm, at, **changes)
    assert (Attachment.objects.count(), told()) == (0, before)


def test_forty_files_are_enough(
    firm: Merchant, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attachments, "MOST_FILES", 1)
    photo(firm, at)
    with pytest.raises(AttachmentsTooMany):
        photo(firm, at, upload_key="u2")


# --- drafts ---------------------------------------------------------------------------------------


def test_a_draft_keeps_the_last_words_and_is_sealed(firm: Merchant, at: datetime) -> None:
    """P28: a field emptied by something else on the page does not take the value with it."""
    said = {"name": "张示例", "phone": "138", "color": "red"}
    words: dict[str, Any] = {"merchant_id": firm.id, "step": "legal", "at": at}
    assert save_draft(**words, fields=said) == {"name": "张示例", "phone": "138"}
    after = save_draft(**words, fields={"name": " ", "phone": "1380"})
    assert after == draft(firm.id, "legal") == {"name": "张示例", "phone": "1380"}
    assert "张示例".encode() not in bytes(MerchantDraft.objects.get().sealed)
    with pytest.raises(Invalid):
        save_draft(merchant_id=firm.id, step="poem", fields={}, at=at)
    discard_draft(merchant_id=firm.id, step="legal")
    assert draft(firm.id, "legal") == {}


def test_a_draft_nobody_came_back_to_is_deleted_after_thirty_days(
    firm: Merchant, at: datetime
) -> None:
    save_draft(merchant_id=firm.id, step="legal", fields={"name": "张"}, at=at)
    assert purge_drafts(at=at + timedelta(days=30) - timedelta(seconds=1)) == 0
    assert purge_drafts(at=at + timedelta(days=30)) == 1
    assert MerchantDraft.objects.count() == 0


# --- what is needed -------------------------------------------------------------------------------


def test_a_platform_says_what_it_needs(inside: Tenant, at: datetime) -> None:
    tenant = set_application_needs(needs=["phone"], actor="usr", at=at)
    assert (tenant.id, tenant.application_needs) == (inside.id, ["legal_representative", "phone"])
    with pytest.raises(Invalid):
        set_application_needs(needs=["horoscope"], actor="usr", at=at)
    inside.refresh_from_db()
    assert inside.application_needs == ["legal_representative", "phone"]
    record = AuditRecord.objects.get(action="tenants.tenant.set_application_needs")
    assert record.before == {"application_needs": []}


def missing(row: Merchant, at: datetime, needs: list[str] = ALL) -> list[str]:
    return missing_needs(row, needs, at=at)


def test_needs_are_met_one_after_the_other(firm: Merchant, at: datetime) -> None:
    assert missing(firm, at, []) == []
    assert missing(firm, at) == ALL
    legal(firm, at, applies=False)
    assert missing(firm, at) == ALL
    applicant = legal(firm, at, role="applicant", name="李示例", phone="13800000002")
    assert missing(firm, at) == ["phone", "face", "account", "documents"]
    send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at)
    confirm_phone(merchant_id=firm.id, code="000000", actor=ACTOR, at=at)
    account(firm, at)
    photo(firm, at)
    assert missing(firm, at) == ["face", "documents"]
    photo(firm, at, kind="authorization_letter", upload_key="u2")
    shown_face(applicant, at)
    assert missing(firm, at) == []
    assert missing(firm, at + timedelta(days=30)) == ["face"]


@pytest.mark.usefixtures("inside")
def test_a_natural_person_is_not_asked_for_a_license(at: datetime) -> None:
    """P26: no firm's paper is asked of somebody who has no firm."""
    person = firm_of("natural_person", at)
    legal(person, at)
    assert missing(person, at, ["documents"]) == []


def test_nobody_else_reaches_any_of_it(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        firm = firm_of("company", at)
        kept = photo(firm, at)
        neighbor = firm_of("company", at, number="M2")
        with pytest.raises(AttachmentNotFound):
            open_attachment(attachment_id=kept.id, merchant_id=neighbor.id, actor=ACTOR, at=at)
        with pytest.raises(AttachmentNotFound):
            open_attachment(attachment_id="att_1", merchant_id=None, actor=ACTOR, at=at)
    acts: list[Callable[[], object]] = [
        lambda: legal(firm, at),
        lambda: account(firm, at),
        lambda: photo(firm, at),
        lambda: send_phone_code(merchant_id=firm.id, locale="en", actor=ACTOR, at=at),
        lambda: confirm_phone(merchant_id=firm.id, code="000000", actor=ACTOR, at=at),
        lambda: open_attachment(attachment_id=kept.id, merchant_id=None, actor=ACTOR, at=at),
        lambda: save_draft(merchant_id=firm.id, step="legal", fields={}, at=at),
    ]
    with tenant_scope(other_tenant.id):
        for act in acts:
            with pytest.raises((NotFound, SensitiveConsentMissing)):
                act()
        assert list(list_attachments(firm.id)) == []
    for act in acts:
        with pytest.raises(NoScope):
            act()
    with tenant_scope(tenant.id):
        assert AuditRecord.objects.filter(subject=kept.id).count() == 0
        assert clock.day_of(kept.uploaded_at) == clock.day_of(at)
