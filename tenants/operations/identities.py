"""Who stands behind a firm by identity number, and who of them applies."""

from datetime import datetime
from typing import Final

from django.db import transaction

from platform_app.kernel import clock, crypto, events
from platform_app.kernel.errors import Invalid
from tenants.domain.identity import identity_no as canonical
from tenants.domain.identity import same_name
from tenants.enums import ConsentCode, PersonRelation
from tenants.errors import SensitiveConsentMissing
from tenants.models import MerchantPerson
from tenants.operations.merchants import lock_merchant
from tenants.operations.people import IDENTITY, NAME, set_person
from tenants.queries.consents import missing_consents

LEGAL: Final = "legal_representative"
APPLICANT: Final = "applicant"


@transaction.atomic
def identify_person(
    *,
    merchant_id: str,
    role: str,
    name: str,
    identity_no: str,
    phone: str,
    applies: bool,
    actor: str,
    at: datetime,
) -> MerchantPerson:
    """Record a person with the identity number; `applies` says that this one fills in the pages.

    Sealed and masked like the rest; the same again changes and records nothing. Another number than
    before has to be confirmed again, a phone by code, a name or document by face. Raises NotFound,
    SensitiveConsentMissing, Invalid (role, name), BadIdentityNumber, BadPhone.
    """
    if role not in {LEGAL, APPLICANT}:
        raise Invalid(field="role")
    check_sensitive(merchant_id)
    clear = canonical(identity_no, on=clock.day_of(at))
    merchant = lock_merchant(merchant_id)
    person = set_person(
        merchant_id=merchant_id, role=role, name=name, phone=phone, actor=actor, at=at
    )
    index = crypto.blind_index(clear, purpose=IDENTITY)
    relation = _relation(role, applies=applies)
    if person.identity_index == index and person.relation == relation:
        return person
    if relation:
        MerchantPerson.objects.filter(merchant=merchant).exclude(pk=person.pk).update(relation="")
    if person.identity_index != index:
        person.identity_confirmed_at = None
    person.identity_index, person.relation = index, relation
    person.identity_sealed = crypto.seal(clear, purpose=IDENTITY)
    person.identity_masked = crypto.mask_tail(clear)
    person.save(
        update_fields=[
            "identity_index", "identity_sealed", "identity_masked", "relation",
            "identity_confirmed_at",
        ]
    )  # fmt: skip
    events.record(
        "tenants.merchant.person_identified",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"person_id": person.id, "role": role},
    )  # fmt: skip
    return person


def check_sensitive(merchant_id: str) -> None:
    """Raises SensitiveConsentMissing: nothing sensitive is written down before the consent."""
    if missing_consents(merchant_id, [ConsentCode.SENSITIVE_DATA]):
        raise SensitiveConsentMissing


def is_legal_representative(merchant_id: str, name: str) -> bool:
    """Whether this is the name of the legal representative we know."""
    person = MerchantPerson.objects.filter(merchant_id=merchant_id, role=LEGAL).first()
    if person is None:
        return False
    return same_name(crypto.unseal(bytes(person.name_sealed), purpose=NAME), name)


def _relation(role: str, *, applies: bool) -> str:
    if not applies:
        return ""
    return str(PersonRelation.SELF if role == LEGAL else PersonRelation.AUTHORIZED)
