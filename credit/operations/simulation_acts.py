"""What may happen to one drawdown on one day, each through its public operation."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from credit.domain.allocation import Component
from credit.domain.derived import COMPONENTS, CREDITS, Derived
from credit.domain.simulated import BACKDATED, LONGEST_BACK_DAYS
from credit.domain.terms import DrawdownTerms
from credit.enums import RepaymentChannel
from credit.models import Drawdown, LoanEvent, Repayment
from credit.operations import servicing
from credit.operations.repayments import record_repayment
from credit.operations.servicing import Act
from credit.operations.simulation_faults import Call
from credit.queries.plans import derived, happenings

METHODS = ("equal_installment", "equal_principal")


@dataclass(slots=True)
class Occasion:
    """One drawdown, one day, and the dice for it; `key` names whatever is done."""

    drawdown: Drawdown
    day: date
    key: str
    chance: Random
    actor: str
    at: datetime
    is_backdated: bool = False

    def answer(self) -> Derived:
        return derived(self.drawdown, happenings(self.drawdown.id), as_of=self.day)

    def value_on(self) -> date | None:
        """Mostly today; sometimes a day that is long closed."""
        if self.chance.random() >= BACKDATED:
            return None
        back = self.day - timedelta(days=self.chance.randint(1, LONGEST_BACK_DAYS))
        self.is_backdated = True
        return max(back, self.drawdown.value_on or self.day)

    def act(self) -> Act:
        return Act(
            drawdown_id=self.drawdown.id, external_id=self.key, actor=self.actor, at=self.at,
            value_on=self.value_on(),
        )  # fmt: skip

    def part_of(self, amount: int, most: float = 1.0) -> int:
        return max(1, int(amount * self.chance.uniform(0.05, most)))


def call_for(what: str, one: Occasion) -> Call | None:
    """The call that makes it happen; None when there is nothing to do it to."""
    return _CALLS[what](one)


def _pay(one: Occasion, amount: int) -> Call | None:
    if amount <= 0:
        return None
    return partial(
        record_repayment,
        drawdown_id=one.drawdown.id, amount_minor=amount, external_id=one.key,
        channel=RepaymentChannel.BANK_TRANSFER, value_on=one.value_on(), actor=one.actor,
        at=one.at,
    )  # fmt: skip


def _pay_due(one: Occasion) -> Call | None:
    answer = one.answer()
    amount = answer.due_minor or min(answer.payoff_minor, 100_000)
    # Some round up to the yuan; what is left over waits as overpayment.
    return _pay(one, -(-amount // 100) * 100 if one.chance.random() < 0.1 else amount)  # noqa: PLR2004


def _pay_part(one: Occasion) -> Call | None:
    return _pay(one, one.part_of(one.drawdown.captured_minor, 0.4))


def _pay_off(one: Occasion) -> Call | None:
    return _pay(one, one.answer().payoff_minor)


def _resend(one: Occasion) -> Call | None:
    """The bank tells us once more of a payment of long ago."""
    sent = list(Repayment.objects.filter(drawdown=one.drawdown).order_by("received_at", "id"))
    if not sent:
        return None
    old = one.chance.choice(sent)
    return partial(
        record_repayment,
        drawdown_id=one.drawdown.id, amount_minor=old.amount_minor, external_id=old.external_id,
        channel=RepaymentChannel(old.channel), value_on=None, actor=one.actor, at=one.at,
    )  # fmt: skip


def _give_back(verb: Callable[..., LoanEvent], one: Occasion) -> Call:
    amount = one.part_of(one.drawdown.captured_minor, 0.3)
    return partial(verb, one.act(), amount_minor=amount)


def _refund_overpayment(one: Occasion) -> Call | None:
    waiting = sum(one.answer().unspent.values())
    return (
        partial(servicing.refund_overpayment, one.act(), amount_minor=waiting) if waiting else None
    )


def _fee(one: Occasion) -> Call:
    due_on = one.day + timedelta(days=one.chance.randint(0, 40))
    amount = one.chance.randint(1, 5_000)
    return partial(
        servicing.charge_fee, one.act(), amount_minor=amount, code="penalty", due_on=due_on
    )


def _waive(one: Occasion) -> Call | None:
    answer = one.answer()
    owed = {part: answer.owed_minor(part) for part in COMPONENTS}
    parts = [
        part for part, amount in owed.items() if amount > 0 and part is not Component.PRINCIPAL
    ]
    if not parts:
        return None
    part = one.chance.choice(parts)
    amount = one.part_of(owed[part])
    return partial(servicing.waive, one.act(), amount_minor=amount, component=part)


def _extend(one: Occasion) -> Call | None:
    rows = [row.seq for row in one.answer().rows if row.unpaid_minor]
    if not rows:
        return None
    days = one.chance.randint(5, 40)
    return partial(servicing.extend, one.act(), row_seq=rows[0], days=days)


def _pause(one: Occasion) -> Call:
    act = one.act()
    until = (act.value_on or one.day) + timedelta(days=one.chance.randint(1, 30))
    return partial(servicing.pause_interest, act, until_on=until)


def _restructure(one: Occasion) -> Call:
    method, count = one.chance.choice(METHODS), one.chance.randint(2, 9)
    return partial(
        servicing.restructure, one.act(), method=method, installments=count, every=1, unit="month"
    )


def _change_rate(one: Occasion) -> Call:
    signed = DrawdownTerms.from_json(one.drawdown.terms).annual_rate
    rate = signed * one.chance.randint(0, 100) / Decimal(100)
    return partial(servicing.change_rate, one.act(), annual_rate=rate)


def _write_off(one: Occasion) -> Call:
    return partial(servicing.write_off, one.act())


def _reverse(one: Occasion) -> Call | None:
    """Mostly a payment that bounced; sometimes any other event."""
    found = LoanEvent.objects.filter(drawdown=one.drawdown).exclude(
        kind__in=["capture", "reversal"]
    )
    if one.chance.random() < 0.7:  # noqa: PLR2004 -- mostly
        found = found.filter(kind__in=CREDITS)
    events = list(found.order_by("seq").values_list("id", flat=True))
    if not events:
        return None
    return partial(servicing.reverse_event, one.act(), event_id=one.chance.choice(events))


_CALLS: dict[str, Callable[[Occasion], Call | None]] = {
    "pay_due": _pay_due,
    "pay_part": _pay_part,
    "pay_off": _pay_off,
    "resend": _resend,
    "refund": partial(_give_back, servicing.refund_drawdown),
    "return_payout": partial(_give_back, servicing.return_payout),
    "goodwill": partial(_give_back, servicing.credit_goodwill),
    "refund_overpayment": _refund_overpayment,
    "fee": _fee,
    "waive": _waive,
    "extend": _extend,
    "pause": _pause,
    "restructure": _restructure,
    "change_rate": _change_rate,
    "write_off": _write_off,
    "reverse": _reverse,
}
