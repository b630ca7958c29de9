"""Sent again: the same act moves nothing, however long ago it was; another under its key is told.

A key that left out the amount, or what is forgiven, would make two acts one.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from credit.domain.allocation import Component
from credit.domain.fees import Fee, FeeTiming
from credit.domain.options import STANDARD_OPTIONS
from credit.domain.terms import ProductTerms
from credit.errors import ExternalIdConflict
from credit.models import CreditLine, Drawdown, FundingSource, LoanEvent
from credit.operations import lines, servicing
from credit.operations.products import publish_product
from credit.operations.servicing import Act
from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import books, lives
from tests.credit.books import Footprint
from tests.credit.lives import ACTOR

pytestmark = pytest.mark.django_db
THEN = date(2026, 4, 20)


def act(drawdown: Drawdown, at: datetime, key: str = "act-1", value_on: date | None = None) -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor=ACTOR, at=at, value_on=value_on)


def footprint() -> tuple[Any, ...]:
    return (
        Footprint.now(),
        list(CreditLine.objects.values_list("status", "status_reason", "version")),
        Event.objects.count(),
    )


def on(day: int) -> date:
    return date(2026, 5, day)


PLAN: dict[str, Any] = {"method": "equal_installment", "every": 1, "unit": "month"}
# The act, and another of its kind that a caller might send under the same key.
TWICE: dict[str, list[Callable[[Act], object]]] = {
    "waiver": [
        lambda one: servicing.waive(one, amount_minor=50, component=Component.INTEREST),
        lambda one: servicing.waive(one, amount_minor=50, component=Component.PENALTY),
        lambda one: servicing.waive(one, amount_minor=51, component=Component.INTEREST),
    ],
    "fee": [
        lambda one: servicing.charge_fee(one, amount_minor=50, code="penalty", due_on=None),
        lambda one: servicing.charge_fee(one, amount_minor=50, code="penalty", due_on=on(9)),
    ],
    "rate": [
        lambda one: servicing.change_rate(one, annual_rate=Decimal("0.04")),
        lambda one: servicing.change_rate(one, annual_rate=Decimal("0.05")),
    ],
    "pause": [
        lambda one: servicing.pause_interest(one, until_on=on(1)),
        lambda one: servicing.pause_interest(one, until_on=on(2)),
    ],
    "extension": [
        lambda one: servicing.extend(one, row_seq=2, days=30),
        lambda one: servicing.extend(one, row_seq=3, days=30),
        lambda one: servicing.extend(one, row_seq=2, days=31),
    ],
    "new plan": [
        lambda one: servicing.restructure(one, installments=4, **PLAN),
        lambda one: servicing.restructure(one, installments=5, **PLAN),
    ],
}  # fmt: skip


@pytest.fixture
def aged(april: Tenant, at: datetime) -> Iterator[Drawdown]:
    """The drawdown on 20 April, one installment overdue."""
    with tenant_scope(april.id):
        yield Drawdown.objects.get()


@pytest.mark.parametrize("name", list(TWICE))
def test_a_key_means_one_act_whole(aged: Drawdown, name: str) -> None:
    drawdown, later = aged, lives.close_until(THEN)
    first, *others = TWICE[name]
    first(act(drawdown, later))
    before = footprint()
    first(act(drawdown, later))
    first(act(drawdown, later, value_on=THEN))
    assert footprint() == before
    for other in others:
        with pytest.raises(ExternalIdConflict) as caught:
            other(act(drawdown, later))
        assert caught.value.facts["fields"] in {"details", "amount"}
        assert footprint() == before
    with pytest.raises(ExternalIdConflict) as caught:
        first(act(drawdown, later, value_on=date(2026, 4, 19)))
    assert caught.value.facts["fields"] == "value_on"
    assert footprint() == before


def test_one_key_undoes_one_event(aged: Drawdown) -> None:
    drawdown, later = aged, lives.close_until(THEN)
    for key in ("pay-1", "pay-2"):
        lives.repaid(drawdown, 100_000, key, later)
    first, second = LoanEvent.objects.filter(kind="repayment").order_by("seq")
    servicing.reverse_event(act(drawdown, later), event_id=first.id)
    before = footprint()
    servicing.reverse_event(act(drawdown, later), event_id=first.id)
    with pytest.raises(ExternalIdConflict):
        servicing.reverse_event(act(drawdown, later), event_id=second.id)
    assert footprint() == before


def test_a_write_off_sent_again_suspends_no_line_that_was_resumed(aged: Drawdown) -> None:
    drawdown, line, later = aged, CreditLine.objects.get(), lives.close_until(THEN)
    written = servicing.write_off(act(drawdown, later))
    line.refresh_from_db()
    assert (line.status, line.status_reason) == ("suspended", "written_off")
    servicing.reverse_event(act(drawdown, later, "undo-1"), event_id=written.id)
    line.refresh_from_db()
    assert line.status == "suspended"  # a person looks before anybody draws again
    lines.resume_line(line_id=line.id, reason="核销有误", actor=ACTOR, at=later)
    before = footprint()
    assert servicing.write_off(act(drawdown, later)) == written
    assert footprint() == before


def test_an_extension_sent_again_charges_its_fee_as_it_was(inside: Tenant, at: datetime) -> None:
    """The fee is a share of the principal, which is smaller when the act is repeated."""
    fee = Fee(
        code="extension", name="展期费", timing=FeeTiming.AT_EXTENSION, payee="资金方",
        share_rate=Decimal("0.001"),
    )  # fmt: skip
    publish_product(
        code="with_fee", name="展期白条",
        terms=ProductTerms(options=tuple(STANDARD_OPTIONS.values()), fees=(fee,)),
        funding_source_id=FundingSource.objects.get().id, lowest_rate=Decimal("0.05"),
        highest_rate=Decimal("0.13"), actor=ACTOR, at=at,
    )  # fmt: skip
    drawdown = lives.drawn(books.line_of("P2", "with_fee", at), 900_000, "SO-1", at, "equal_3")
    one = act(drawdown, at)
    extended = servicing.extend(one, row_seq=2, days=30)
    charged = LoanEvent.objects.get(kind="fee")
    assert (charged.amount_minor, charged.key) == (900, "act-1:extension")
    lives.repaid(drawdown, 400_000, "pay-1", at)
    before = footprint()
    assert servicing.extend(one, row_seq=2, days=30) == extended
    assert footprint() == before
