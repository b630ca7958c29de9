"""Every servicing act by its kind, as a page or a second person asks for it: tried, and done.

An `Asked` is the act in plain values, so that it can be shown, kept and done later. Trying raises
what doing would raise, and moves nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

from credit.domain.allocation import Component
from credit.domain.derived import EventKind
from credit.errors import DrawdownNotFound, DrawdownNotServiceable
from credit.models import Drawdown, LoanEvent
from credit.operations import servicing
from credit.operations.booking import Change, as_happening, value_day, wait_for_close
from credit.operations.servicing import Act, Check
from credit.operations.servicing_rules import (
    check_charge,
    check_extension,
    check_overpayment,
    check_pause,
    check_plan,
    check_rate,
    check_refund,
    check_reversal,
    check_waiver,
    check_write_off,
)
from credit.queries.business_day import open_day
from credit.queries.previews import Preview, preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An act on a drawdown: its kind, amount in fen, and what else the kind needs.

    `details` are named as in `Happening`; a reversal names the `event` it undoes.
    """

    kind: EventKind
    amount_minor: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)
    value_on: date | None = None

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "amount_minor": self.amount_minor,
            "details": dict(self.details),
            "value_on": self.value_on.isoformat() if self.value_on else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        on = data["value_on"]
        return cls(**{**data, "value_on": date.fromisoformat(on) if on else None})


def try_act(drawdown_id: str, asked: Asked) -> Preview:
    """What the act would do on the open day. Raises what doing it would raise."""
    drawdown = _drawdown(drawdown_id)
    day = open_day()
    if asked.kind == "reversal":
        wait_for_close()
        undone = check_reversal(drawdown, asked.details["event"])
        change = Change(kind="reversal", key="", value_on=day, details={"reverses": undone.seq})
        return preview(drawdown, as_happening(drawdown, change, day))
    if not drawdown.event_count:
        raise DrawdownNotServiceable
    change = Change(
        kind=asked.kind,
        key="",
        value_on=value_day(asked.value_on, day, drawdown),
        amount_minor=asked.amount_minor,
        details=asked.details,
    )
    check = _CHECKS.get(asked.kind)
    if check is not None:
        check(drawdown, change)
    return preview(drawdown, as_happening(drawdown, change, day))


def do_act(act: Act, asked: Asked) -> LoanEvent:
    """Do it, once by the key of `act`. Raises what the act of this kind raises."""
    return _ACTS[asked.kind](act, asked.amount_minor, asked.details)


def _drawdown(drawdown_id: str) -> Drawdown:
    try:
        return Drawdown.objects.get(pk=drawdown_id)
    except (Drawdown.DoesNotExist, ValueError):
        raise DrawdownNotFound from None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


_CHECKS: Final[dict[str, Check]] = {
    "refund": check_refund,
    "payout_refund": check_refund,
    "fee": check_charge,
    "waiver": check_waiver,
    "rate_change": check_rate,
    "pause": check_pause,
    "extension": check_extension,
    "restructure": check_plan,
    "write_off": check_write_off,
    "overpayment_refund": check_overpayment,
}
_ACTS: Final[dict[str, Callable[[Act, int, Mapping[str, Any]], LoanEvent]]] = {
    "refund": lambda act, amount, _: servicing.refund_drawdown(act, amount_minor=amount),
    "payout_refund": lambda act, amount, _: servicing.return_payout(act, amount_minor=amount),
    "goodwill": lambda act, amount, _: servicing.credit_goodwill(act, amount_minor=amount),
    "fee": lambda act, amount, more: servicing.charge_fee(
        act, amount_minor=amount, code=more["code"], due_on=_day(more.get("due_on"))
    ),
    "waiver": lambda act, amount, more: servicing.waive(
        act, amount_minor=amount, component=Component(more["component"])
    ),
    "rate_change": lambda act, _, more: servicing.change_rate(
        act, annual_rate=Decimal(more["rate"])
    ),
    "pause": lambda act, _, more: servicing.pause_interest(
        act, until_on=date.fromisoformat(more["due_on"])
    ),
    "extension": lambda act, _, more: servicing.extend(
        act, row_seq=int(more["row_seq"]), days=int(more["days"])
    ),
    "restructure": lambda act, _, more: servicing.restructure(act, **more["plan"]),
    "write_off": lambda act, *_: servicing.write_off(act),
    "overpayment_refund": lambda act, amount, _: servicing.refund_overpayment(
        act, amount_minor=amount
    ),
    "reversal": lambda act, _, more: servicing.reverse_event(act, event_id=more["event"]),
}
