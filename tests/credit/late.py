"""Late merchants, for the tests of collection: everything through the public operations."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Model

from credit.domain.contact_guard import CollectionRules
from credit.enums import ContactChannel, DisputeReason
from credit.models import (
    BucketChange,
    CaseHandover,
    CollectionCase,
    CollectionContact,
    ConductRules,
    ContactBlock,
    ContactOutcome,
    CreditLine,
    Dispute,
    Drawdown,
    ExtensionRequest,
    JournalEntry,
    LadderStep,
    LoanEvent,
    PlanRow,
    PromiseToPay,
    Reminder,
)
from credit.operations.business_day import close_day
from credit.operations.collections import work_collections
from credit.operations.contacts import block_contact
from credit.operations.delinquency import set_buckets, set_collection_rules
from credit.operations.disputes import open_dispute
from credit.operations.extensions import ask_extension
from credit.operations.reminders import make_reminders
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.models import AuditRecord, Event
from tenants.models import Merchant
from tenants.operations.people import set_person
from tests.credit import lives

# Drawn on Monday 2 March for 30 days: due on Wednesday 1 April, grace until Saturday 4 April.
DUE = date(2026, 4, 1)
GRACE_UNTIL = date(2026, 4, 4)
FIRST_OVERDUE = date(2026, 4, 5)
AMOUNT = 1_000_000
WATCHED: list[type[Model]] = [
    AuditRecord, BucketChange, CaseHandover, CollectionCase, CollectionContact, ConductRules,
    ContactBlock, ContactOutcome, CreditLine, Dispute, Drawdown, Event, ExtensionRequest,
    JournalEntry, LadderStep, LoanEvent, PlanRow, PromiseToPay, Reminder,
]  # fmt: skip


def with_phone(external_id: str, at: datetime) -> Merchant:
    """A merchant that can be written to."""
    merchant = lives.merchant_with_trade(external_id, at)
    set_person(
        merchant_id=merchant.id, role="finance_contact", name="王示例", phone="13800000000",
        actor=lives.ACTOR, at=at,
    )  # fmt: skip
    return merchant


def drawn(external_id: str, at: datetime, amount_minor: int = AMOUNT) -> Drawdown:
    """One order of a merchant of its own, due on 1 April."""
    line = lives.line_of(with_phone(external_id, at), at)
    return lives.drawn(line, amount_minor, f"SO-{external_id}", at)


def live_until(day: date) -> datetime:
    """Close and work each day before `day`, reminding at nine; return ten in the morning of it."""
    while (current := open_day()) < day:
        close_day(at=clock.end_of(current))
        work_collections(day=open_day(), at=clock.end_of(current))
        make_reminders(on=open_day(), at=clock.moment_on(open_day(), 9))
    return clock.moment_on(day, 10)


def case_of(drawdown: Drawdown) -> CollectionCase:
    return CollectionCase.objects.select_related("merchant").get(
        merchant_id=drawdown.merchant_id, status="open"
    )


def everything() -> dict[str, list[dict[str, Any]]]:
    return {
        model.__name__: list(model._default_manager.order_by("id").values()) for model in WATCHED
    }


def refuse(error: type[DomainError], act: Any, **arguments: Any) -> DomainError:
    """The act is refused with this error, and no row of any table moved."""
    before = everything()
    with pytest.raises(error) as caught:
        act(**arguments)
    assert type(caught.value) is error
    assert everything() == before
    return caught.value


def names(merchant_id: str, prefix: str = "credit.") -> list[str]:
    rows = Event.objects.filter(merchant_id=merchant_id, name__startswith=prefix)
    return list(rows.order_by("id").values_list("name", flat=True))


def days_after(day: date, count: int) -> date:
    return day + timedelta(days=count)


def one_of_each(drawdown: Drawdown, at: datetime) -> None:
    """A row in every table of collection, for pages that show tables: nobody has to be late."""
    on, whose = clock.day_of(at), {"merchant_id": drawdown.merchant_id}
    who: dict[str, Any] = {"actor": lives.ACTOR, "at": at}
    set_buckets(starts=[0, 1, 31], reason="示例", **who)
    set_collection_rules(rules=CollectionRules(calls_per_day=2), reason="示例", **who)
    open_dispute(drawdown_id=drawdown.id, reason=DisputeReason.OTHER, words="示例", **who)
    ask_extension(drawdown_id=drawdown.id, days=7, words="示例", **who)
    block_contact(**whose, channel=ContactChannel.SMS, person_role="", reason="示例", **who)
    BucketChange.objects.create(
        drawdown=drawdown, **whose, on=on, dpd=1, from_code="current", to_code="1-30"
    )
    case = CollectionCase.objects.create(
        **whose, stage="remind", stage_since_on=on, opened_on=on, next_contact_on=on
    )
    CaseHandover.objects.create(case=case, to_agency="示例律所", reason="示例", **who)
    contact = CollectionContact.objects.create(case=case, **whose, channel="call", on=on, **who)
    ContactOutcome.objects.create(contact=contact, result="no_answer", **who)
    PromiseToPay.objects.create(**whose, amount_minor=1, by_on=on, made_by=lives.ACTOR, made_at=at)
    Reminder.objects.create(
        **whose, drawdown=drawdown, seq=1, kind="due_today", due_on=on, on=on, amount_minor=1,
        text_zh="示例", text_en="sample", status="shown", made_at=at,
    )  # fmt: skip
