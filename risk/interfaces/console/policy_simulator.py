"""The simulator: facts typed or a merchant's own, and what a version would answer to them.

Everything stands in the address, so that two people look at the same question. Nothing is recorded.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.domain.fact_words import FACT_WORDS, MONEY
from risk.domain.facts import FACT_TYPES, INTEGER, MORE_TYPES, OPTIONAL_FACTS, Facts
from risk.domain.verdict import Verdict
from risk.errors import PolicyFindings
from risk.interfaces.console.policies import READERS, found_row, is_staff
from risk.interfaces.console.policy_cells import HINTS, Mistyped, number_of, typed_in
from risk.interfaces.console.policy_words import bound_words, layer_words, numbered, row_words
from risk.interfaces.console.price_words import rates_in_words
from risk.models import Policy
from risk.queries.policy_findings import fact_label, stage_label, told_in_words
from risk.queries.reasons import reasons_for
from risk.queries.simulation import Simulated, known_of, simulate
from risk.values import RepaymentFacts, TradeFacts
from tenants.access.console import ConsoleRequest, console_view

MONTHLY: Final = "monthly_net_minor"
MONTHS: Final = 12
_TRADE: Final = [one.name for one in fields(TradeFacts) if one.name != MONTHLY]
_REPAYMENT: Final = [one.name for one in fields(RepaymentFacts)]
_MORE: Final = list(MORE_TYPES)


@dataclass(slots=True)
class FactField:
    """One fact as typed."""

    name: str
    text: str
    error: str = ""

    @property
    def label(self) -> str:
        if self.name == MONTHLY:
            return _("Net purchases of the twelve months before, oldest first")
        return fact_label(self.name)

    @property
    def hint(self) -> str:
        return HINTS.get(MONEY if self.name == MONTHLY else FACT_WORDS[self.name][1], "")


@require_GET
@console_view(*READERS)
def page(request: ConsoleRequest, policy_id: str) -> HttpResponse:
    """The question, and the answer once there is one."""
    row = found_row(request, policy_id)
    said = request.GET.dict()
    number = said.get("merchant", "").strip()
    known = known_of(number) if number and said.get("do") == "pick" else None
    if known is not None:
        said = _texts(known.trade, known.repayment, known.more)
    is_asked = known is not None or MONTHLY in said
    names = (*_TRADE, MONTHLY, *_REPAYMENT, *_MORE)
    form = [FactField(name, said.get(name, "")) for name in names]
    if not is_asked:
        empty = _texts(TradeFacts.none(), RepaymentFacts.none(), {})
        form = [FactField(one.name, empty[one.name]) for one in form]
    facts = _facts(form) if is_asked else None
    context: dict[str, Any] = {
        "row": row,
        "fields": form,
        "number": number,
        "known": known,
        "is_unknown": bool(number and said.get("do") == "pick" and known is None),
        "is_staff": is_staff(request),
    }
    if facts is not None:
        context |= _answer(row, *facts)
    status = 422 if is_asked and facts is None else 200
    return render(request, "console/risk/policy_simulator.html", context, status=status)


def _answer(
    row: Policy, trade: TradeFacts, repayment: RepaymentFacts, more: Facts
) -> dict[str, Any]:
    try:
        found = simulate(row, trade, repayment, more)
    except PolicyFindings as refusal:
        return {"problems": [say(refusal), *told_in_words(refusal.facts["findings"])]}
    except DomainError as refusal:
        return {"problems": [say(refusal)]}
    return {
        "verdict": found.verdict,
        "stages": _stages(row, found.verdict),
        "bounds": _bounds(found.verdict),
        "binding": bound_words(found.verdict.binding_bound),
        "reasons": [(_(one.wording), _(one.advice)) for one in reasons_for(found.verdict.reasons)],
        "term_rates": rates_in_words(found.verdict.term_rates),
        "beside": _beside(found),
    }


def _beside(found: Simulated) -> Verdict | None:
    """The answer of the policy in force, where it is another one."""
    is_same = all(
        getattr(found.verdict, name) == getattr(found.in_force, name)
        for name in ("outcome", "limit_minor", "annual_rate", "term_rates", "grade")
    )
    return None if is_same else found.in_force


def _stages(row: Policy, verdict: Verdict) -> list[dict[str, Any]]:
    """Each stage with the row that hit, or that it was not reached."""
    hits = set(verdict.rule_hits)
    found = []
    for stage in row.body["stages"]:
        number, hit = next(
            ((number, one) for number, one in numbered(stage["rows"]) if one["id"] in hits),
            (None, None),
        )
        found.append({
            "label": stage_label(stage["name"]),
            "number": number,
            "layer": layer_words(hit) if hit else "",
            "id": hit["id"] if hit else "",
            "words": row_words(stage["name"], hit),
        })  # fmt: skip
    return found


def _bounds(verdict: Verdict) -> list[dict[str, Any]]:
    """The bounds of the limit, the smallest first."""
    return [
        {"label": bound_words(name), "minor": minor, "is_binding": name == verdict.binding_bound}
        for name, minor in sorted(verdict.bounds.items(), key=lambda one: one[1])
    ]


def _texts(trade: TradeFacts, repayment: RepaymentFacts, more: Facts) -> dict[str, str]:
    """Facts as they are typed; nothing for what is not known."""
    months = " ".join(typed_in(MONEY, one) for one in trade.monthly_net_minor)
    found = {MONTHLY: months}
    known = {name: getattr(trade, name) for name in _TRADE}
    known |= {name: getattr(repayment, name) for name in _REPAYMENT}
    known |= {name: more.get(name) for name in _MORE}
    for name, value in known.items():
        found[name] = "" if value is None else typed_in(FACT_WORDS[name][1], value)
    return found


def _facts(form: list[FactField]) -> tuple[TradeFacts, RepaymentFacts, Facts] | None:
    """The facts as typed; None when something is mistyped, said beside it."""
    found: dict[str, Any] = {}
    for one in form:
        try:
            found[one.name] = _months(one.text) if one.name == MONTHLY else _fact(one)
        except Mistyped as mistake:
            one.error = str(mistake)
    if any(one.error for one in form):
        return None
    return (
        TradeFacts(**_only(found, [*_TRADE, MONTHLY])),
        RepaymentFacts(**_only(found, _REPAYMENT)),
        _only(found, _MORE),
    )


def _only(found: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: found[name] for name in names}


def _fact(one: FactField) -> int | Decimal | None:
    if not one.text.strip() and one.name in OPTIONAL_FACTS:
        return None
    is_whole = FACT_TYPES[one.name] == INTEGER
    number = number_of(FACT_WORDS[one.name][1], one.text, is_whole=is_whole)
    return number if is_whole else Decimal(number)


def _months(text: str) -> tuple[int, ...]:
    parts = [one for one in re.split(r"[,，;；\s]+", text) if one]
    if len(parts) != MONTHS:
        raise Mistyped(_("Enter twelve amounts with spaces between them."))
    return tuple(number_of(MONEY, one, is_whole=True) for one in parts)
