"""Finding the lender of a drawdown, inside the drawdown's own transaction.

`route_drawdown` chooses and takes the room; `store_route` writes down why, once the drawdown
exists; `move_use` follows what the drawdown holds or owes from then on.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from credit.domain.routing import Candidate, Case, Reason, Refusal, judge_all
from credit.domain.shares import split
from credit.enums import Component, RouteOutcome
from credit.errors import NoFundingSource
from credit.models import CreditLine, Drawdown, FundingDecision, Hold, Quote
from credit.operations import funding_caps
from credit.queries.funding import candidates, shares_of
from risk.operations import exposure
from tenants.queries.sandboxes import is_declined


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who funds it: the partnership, its lead, and why not the others."""

    partnership_id: str
    funding_source_id: str
    product_kind: str
    amount_minor: int
    is_joint: bool
    refusals: tuple[Refusal, ...]

    @property
    def joint_id(self) -> str | None:
        """The partnership if several lend, else None."""
        return self.partnership_id if self.is_joint else None


def route_drawdown(*, line: CreditLine, amount_minor: int, on: date) -> Route:
    """Choose who funds an order of `amount_minor` fen and take the room for it under their caps.

    The caller holds the lock of `line` (with its product, its version and merchant). Raises
    NoFundingSource, with every partnership's reasons as `refusals`; then nothing is taken.
    """
    if is_declined(amount_minor):
        raise NoFundingSource(refusals=[])
    judged = judge_all(
        Case(product_kind=line.product.kind, borrower_kind=line.merchant.kind, on=on),
        candidates(line=line, amount_minor=amount_minor),
    )
    refusals = list(judged.refusals)
    for one in judged.eligible:
        try:
            _take(one, line.id)
        except funding_caps.CapFull as full:  # somebody else was faster
            refusals.append(_full(one, full.source_id))
            continue
        return Route(
            partnership_id=one.partnership_id,
            funding_source_id=one.parties[0].source.id,
            product_kind=line.product.kind,
            amount_minor=amount_minor,
            is_joint=len(one.parties) > 1,
            refusals=tuple(refusals),
        )
    raise NoFundingSource(refusals=[one.to_json() for one in refusals])


def _take(one: Candidate, line_id: str) -> None:
    amounts = {party.source.id: party.amount_minor for party in one.parties}
    funding_caps.take(amounts=amounts, line_id=line_id)


def _full(one: Candidate, source_id: str) -> Refusal:
    name = next(party.source.name for party in one.parties if party.source.id == source_id)
    return Refusal(one.partnership_id, one.name, (Reason("source_cap_full", source_id, name),))


def store_route(*, route: Route, drawdown: Drawdown, actor: str, at: datetime) -> FundingDecision:
    """Write down who funds the drawdown and why not the others, in the same transaction."""
    return FundingDecision.objects.create(
        line_id=drawdown.line_id,
        merchant_id=drawdown.merchant_id,
        drawdown=drawdown,
        outcome=RouteOutcome.ROUTED,
        partnership_id=route.partnership_id,
        product_kind=route.product_kind,
        amount_minor=route.amount_minor,
        refusals=[one.to_json() for one in route.refusals],
        actor=actor,
        at=at,
    )


@contextmanager
def refusals_kept(*, line_id: str, quote_id: str, actor: str, at: datetime) -> Iterator[None]:
    """Write down why nobody could fund an order, after its refusal has undone everything else.

    Wraps the outermost transaction of whoever draws; the refusal goes on to the caller.
    """
    try:
        yield
    except NoFundingSource as refused:
        _record_refusal(line_id, quote_id, refused.facts["refusals"], actor=actor, at=at)
        raise


@transaction.atomic
def _record_refusal(
    line_id: str, quote_id: str, refusals: Sequence[dict[str, Any]], *, actor: str, at: datetime
) -> None:
    line = CreditLine.objects.select_related("product").get(pk=line_id)
    FundingDecision.objects.create(
        line=line,
        merchant_id=line.merchant_id,
        outcome=RouteOutcome.REFUSED,
        product_kind=line.product.kind,
        amount_minor=Quote.objects.values_list("amount_minor", flat=True).get(pk=quote_id),
        refusals=list(refusals),
        actor=actor,
        at=at,
    )


def give_back(*, drawdown: Drawdown, hold: Hold, released_minor: int) -> None:
    """What a hold has just released frees the lenders' caps and the platform's pool."""
    if not released_minor:
        return
    left = hold.remaining_minor + drawdown.outstanding_principal_minor
    move_use(drawdown=drawdown, before_minor=left + released_minor, after_minor=left)
    exposure.release(
        slice_no=hold.exposure_slice_no, amount_minor=released_minor, entity=hold.entity_key
    )


def move_use(*, drawdown: Drawdown, before_minor: int, after_minor: int) -> None:
    """Follow what a drawdown holds plus owes of principal, from one figure to the next, in fen.

    Less gives room back; more (a reversal) takes it whether there is any or not.
    Raises FundingUseMismatch.
    """
    shares = shares_of(drawdown)
    then = split(before_minor, Component.PRINCIPAL, shares)
    now = split(after_minor, Component.PRINCIPAL, shares)
    less = {key: then[key] - now[key] for key in now if now[key] < then[key]}
    more = {key: now[key] - then[key] for key in now if now[key] > then[key]}
    funding_caps.give(amounts=less, line_id=drawdown.line_id)
    funding_caps.add(amounts=more, line_id=drawdown.line_id)
