"""The people behind a firm: sealed at rest, masked on every page, shown only with a reason."""

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import audit, crypto, events
from platform_app.kernel.errors import Invalid, NotFound
from tenants.domain.identifiers import mobile
from tenants.domain.words import one_line
from tenants.errors import RevealReasonNeeded
from tenants.models import MerchantPerson
from tenants.operations.merchants import lock_merchant
from tenants.values import PERSON_ROLES, PersonDetails

NAME: Final = "person.name"
PHONE: Final = "person.phone"
IDENTITY: Final = "person.identity"
SHORTEST_REASON: Final = 4


@transaction.atomic
def set_person(
    *, merchant_id: str, role: str, name: str, phone: str, actor: str, at: datetime
) -> MerchantPerson:
    """Record who fills a role at a firm. The same person again changes and records nothing.

    Another number has to be confirmed again; another name comes without an identity number.

    Raises NotFound, Invalid (role, name), BadPhone.
    """
    if role not in PERSON_ROLES:
        raise Invalid(field="role")
    clear = PersonDetails(role, one_line(name, field="name", longest=60), mobile(phone))
    merchant = lock_merchant(merchant_id)
    known: MerchantPerson | None = MerchantPerson.objects.filter(
        merchant=merchant, role=role
    ).first()
    before = _unsealed(known) if known is not None else None
    if known is not None and before == clear:
        return known
    person: MerchantPerson
    person, _ = MerchantPerson.objects.update_or_create(
        merchant=merchant,
        role=role,
        defaults={
            "name_masked": crypto.mask_name(clear.name),
            "name_sealed": crypto.seal(clear.name, purpose=NAME),
            "phone_masked": crypto.mask_phone(clear.phone),
            "phone_sealed": crypto.seal(clear.phone, purpose=PHONE),
            "phone_index": crypto.blind_index(clear.phone, purpose=PHONE),
            **_no_longer_known(before, clear),
        },
    )
    events.record(
        "tenants.merchant.person_set",
        subject=merchant.id,
        merchant_id=merchant.id,
        actor=actor,
        at=at,
        props={"person_id": person.id, "role": role},
    )
    return person


@transaction.atomic
def reveal_person(*, person_id: str, reason: str, actor: str, at: datetime) -> PersonDetails:
    """Show a person in clear, and write down who asked and why before answering.

    Raises RevealReasonNeeded, NotFound.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise RevealReasonNeeded(field="reason")
    try:
        person = MerchantPerson.objects.filter(pk=person_id).first()
    except ValueError:
        person = None
    if person is None:
        raise NotFound(noun="person")
    audit.record(
        actor=actor,
        action="tenants.person.reveal",
        subject=person.id,
        at=at,
        reason=one_line(reason, field="reason", longest=500),
        after={"merchant_id": person.merchant_id, "role": person.role},
    )
    clear = _unsealed(person)
    if person.identity_sealed is None:
        return clear
    return replace(
        clear, identity_no=crypto.unseal(bytes(person.identity_sealed), purpose=IDENTITY)
    )


def _no_longer_known(before: PersonDetails | None, after: PersonDetails) -> dict[str, Any]:
    """What was confirmed of another number, or known of somebody else, does not stay."""
    gone: dict[str, Any] = {}
    if before is not None and before.phone != after.phone:
        gone |= {"phone_verified_at": None}
    if before is not None and before.name != after.name:
        gone |= {"identity_index": "", "identity_sealed": None, "identity_masked": ""}
        gone |= {"identity_confirmed_at": None}
    return gone


def _unsealed(person: MerchantPerson) -> PersonDetails:
    return PersonDetails(
        person.role,
        crypto.unseal(bytes(person.name_sealed), purpose=NAME),
        crypto.unseal(bytes(person.phone_sealed), purpose=PHONE),
    )
