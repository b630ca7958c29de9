"""Contacts about a case: permitted first, then made, then written down."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from credit.enums import ContactChannel, ContactResult, LadderKind
from credit.errors import BlockExists, ContactFinished, ContactNotFound, NoteNeeded
from credit.models import CollectionCase, CollectionContact, ContactBlock, ContactOutcome
from credit.operations.collections import locked_case, work_again
from credit.queries.business_day import open_day
from credit.queries.contacts import admit
from credit.queries.delinquency import ladder
from platform_app.kernel import clock, events
from platform_app.kernel.errors import Invalid, NotFound
from tenants.values import PERSON_ROLES

SHORTEST: Final = 2
_AGAIN_TOMORROW: Final = (ContactResult.NO_ANSWER, ContactResult.WRONG_NUMBER)


@transaction.atomic
def begin_contact(
    *,
    case_id: str,
    channel: ContactChannel,
    person_role: str,
    role: str,
    actor: str,
    at: datetime,
) -> CollectionContact:
    """Ask the guard and, if it says yes, write the contact down before it is made.

    `person_role` is who of the firm, empty for whoever answers; `role` the collector's. The case is
    locked, so two collectors cannot both take the last call of a day. Raises CaseNotFound,
    CaseClosed, Invalid, and the guard's refusals: CollectorNotAllowed, NothingToCollect,
    ContactPaused, ContactBlocked, ContactQuietHours, ContactCapReached.
    """
    case = locked_case(case_id)
    _known(person_role)
    admit(merchant_id=case.merchant_id, channel=channel, role=role, person_role=person_role, at=at)
    contact = CollectionContact.objects.create(
        case=case,
        merchant_id=case.merchant_id,
        channel=channel,
        person_role=person_role,
        on=clock.day_of(at),
        at=at,
        actor=actor,
    )
    _tell("contact_begun", case, contact, actor, at)
    return contact


@transaction.atomic
def finish_contact(
    *, contact_id: str, result: ContactResult, note: str, actor: str, at: datetime
) -> ContactOutcome:
    """Write down what came of it and when the case is due again: tomorrow if nobody was reached,
    else in the days its stage says. Raises ContactNotFound, CaseClosed, ContactFinished.
    """
    contact = _contact(contact_id)
    case = locked_case(contact.case_id)
    if ContactOutcome.objects.filter(contact=contact).exists():
        raise ContactFinished
    outcome = ContactOutcome.objects.create(
        contact=contact, result=result, note=note.strip(), actor=actor, at=at
    )
    days = 1 if result in _AGAIN_TOMORROW else ladder(LadderKind.STAGE).every(case.stage)
    if case.next_contact_on <= open_day():
        work_again(case, day=open_day(), days=days)
    _tell("contact_finished", case, contact, actor, at, result=str(result))
    return outcome


@transaction.atomic
def note_incoming(
    *, case_id: str, channel: ContactChannel, note: str, actor: str, at: datetime
) -> CollectionContact:
    """The merchant got in touch: at any hour, and no cap counts it.

    Raises CaseNotFound, CaseClosed, NoteNeeded.
    """
    case = locked_case(case_id)
    contact = CollectionContact.objects.create(
        case=case,
        merchant_id=case.merchant_id,
        channel=channel,
        is_incoming=True,
        on=clock.day_of(at),
        at=at,
        actor=actor,
        note=_words(note, "note"),
    )
    _tell("contact_received", case, contact, actor, at)
    return contact


@transaction.atomic
def block_contact(
    *,
    merchant_id: str,
    channel: ContactChannel,
    person_role: str,
    reason: str,
    actor: str,
    at: datetime,
) -> ContactBlock:
    """“Don't call here”: from now on the guard refuses this way of contact.

    Raises Invalid, NoteNeeded, BlockExists.
    """
    _known(person_role)
    block = ContactBlock(
        merchant_id=merchant_id,
        channel=channel,
        person_role=person_role,
        reason=_words(reason, "reason"),
        blocked_by=actor,
        blocked_at=at,
    )
    try:
        with transaction.atomic():
            block.save(force_insert=True)
    except IntegrityError as error:
        raise BlockExists(field="channel") from error
    _tell_block("contact_blocked", block, actor, at)
    return block


@transaction.atomic
def lift_block(*, block_id: str, actor: str, at: datetime) -> ContactBlock:
    """The merchant agreed to be contacted this way again. Lifting twice changes nothing.

    Raises NotFound.
    """
    try:
        block = ContactBlock.objects.select_for_update().filter(pk=block_id).first()
    except ValueError:
        block = None
    if block is None:
        raise NotFound(noun="block")
    if block.lifted_at is None:
        block.lifted_at = at
        block.save(update_fields=["lifted_at"])
        _tell_block("contact_unblocked", block, actor, at)
    return block


def _contact(contact_id: str) -> CollectionContact:
    try:
        contact = CollectionContact.objects.filter(pk=contact_id, is_incoming=False).first()
    except ValueError:
        contact = None
    if contact is None:
        raise ContactNotFound
    return contact


def _known(person_role: str) -> None:
    if person_role and person_role not in PERSON_ROLES:
        raise Invalid(field="person_role")


def _words(text: str, field: str) -> str:
    words = text.strip()
    if len(words) < SHORTEST:
        raise NoteNeeded(field=field, shortest=SHORTEST)
    return words


def _tell(
    what: str, case: CollectionCase, contact: CollectionContact, actor: str, at: datetime,
    **props: str,
) -> None:  # fmt: skip
    events.record(
        f"credit.collection.{what}", subject=case.id, merchant_id=case.merchant_id,
        actor=actor, at=at,
        props={"contact": contact.id, "channel": str(contact.channel), **props},
    )  # fmt: skip


def _tell_block(what: str, block: ContactBlock, actor: str, at: datetime) -> None:
    events.record(
        f"credit.collection.{what}", subject=block.merchant_id, merchant_id=block.merchant_id,
        actor=actor, at=at,
        props={"channel": str(block.channel), "person_role": block.person_role},
    )  # fmt: skip
