"""A worker that dies between sending and storing, as a real process that is really killed."""

import json
import os
import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections

from credit.gateways.funding import FundingAnswer, FundingOrder, InProcessFunding, Script
from credit.models import FundingAttempt, FundingInstruction
from credit.operations.funding_pursuit import NO_CHANNEL_WAIT
from credit.queries.instructions import funding_status
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lenders, lives

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


class Bank(InProcessFunding):
    """A bank outside our process: what it has paid is in a file, whoever lives or dies."""

    def __init__(self, book: Path, *, deadly: bool) -> None:
        super().__init__(script=lambda _: Script.PAY)
        self.book, self.deadly = book, deadly
        if book.exists():
            for key in json.loads(book.read_text()):
                self.request(self._order(key))

    def request(self, order: FundingOrder) -> FundingAnswer:
        answer = super().request(order)
        self.book.write_text(json.dumps(self.payouts))
        if self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    def _order(self, key: str) -> FundingOrder:
        return FundingOrder(key=key, amount_minor=1, drawdown_id="", order_no="")


def in_a_process_that_dies(
    tenant: Tenant, row: FundingInstruction, bank: Bank, at: datetime
) -> int:
    """Pursue in a child; return the signal that ended it."""
    kept = connections["default"]
    child = os.fork()
    if child == 0:  # pragma: no cover -- the child is killed and cannot report
        try:
            kept.connection = None  # the parent's socket is not ours to close
            with tenant_scope(tenant.id):
                lenders.look(row, bank, at)
        finally:
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture
def row(tenant: Tenant, at: datetime) -> FundingInstruction:
    # Not virtual and without a channel: the task that follows the commit leaves it to the test.
    Tenant.objects.update(is_virtual=False)
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
        drawdown, _ = lenders.routed(line, 500_000, "SO-1", at)
        (found,) = lenders.captured(drawdown, 500_000, "ship", at)
        found.refresh_from_db()
    return found


def test_killed_after_the_bank_paid(
    tenant: Tenant, row: FundingInstruction, at: datetime, tmp_path: Path
) -> None:
    book = tmp_path / "book.json"
    assert (row.status, row.next_look_at) == ("none", at + NO_CHANNEL_WAIT)
    at += NO_CHANNEL_WAIT
    ended = in_a_process_that_dies(tenant, row, Bank(book, deadly=True), at)
    assert ended == -signal.SIGKILL
    assert json.loads(book.read_text()) == [row.key]
    bank = Bank(book, deadly=False)
    with tenant_scope(tenant.id):
        row.refresh_from_db()
        assert row.status == "requested"
        later = at + timedelta(minutes=1)
        for _ in range(2):
            assert lenders.look(row, bank, later) == "funded"
        talk = FundingAttempt.objects.filter(instruction=row).order_by("attempt_no")
        assert list(talk.values_list("kind", "outcome")) == [
            ("request", "sent"), ("ask", "sent"), ("ask", "funded"),
        ]  # fmt: skip
        assert funding_status(row.drawdown) == "funded"
    assert json.loads(book.read_text()) == [row.key]
