"""What a derived drawdown means for the books.

Every account's balance is a function of what `derive` answers. An event posts the difference
between the balances after it and before it, so no event has bookkeeping of its own, a backdated one
adjusts what it changes, and a reversal gives back exactly what it undoes. Of a joint loan, the same
function gives each lender's balances: of every total it takes that lender's part.
"""

from collections.abc import Callable, Mapping

from credit.domain.allocation import Component
from credit.domain.derived import COMPONENTS, Derived
from credit.domain.discounts import Payer
from credit.domain.shares import Shares, split
from credit.enums import AccountCode

NOTHING: Mapping[AccountCode, int] = {}
Part = Callable[[int, Component], int]
# Who gave the credit: the account that pays for it.
_PAID_FROM = {
    "repayment": AccountCode.FUNDING_BANK,
    "guarantor_payout": AccountCode.FUNDING_BANK,
    "goodwill": AccountCode.WAIVERS,
    "refund": AccountCode.PARTNER_PAYABLE,
    "payout_refund": AccountCode.PARTNER_PAYABLE,
}
# Who bears a discount: what is to be had of them, or the lender's own expense.
_BORNE_BY = {
    Payer.PARTNER: AccountCode.PARTNER_DISCOUNTS,
    Payer.OPERATOR: AccountCode.OPERATOR_DISCOUNTS,
    Payer.LENDER: AccountCode.DISCOUNTS,
}


def whole(minor: int, _component: Component) -> int:
    """The part of a sole lender."""
    return minor


def balances(answer: Derived, part: Part = whole) -> dict[AccountCode, int]:
    """The balances of one drawdown in fen, debits positive.

    Interest counts as earned up to `answer.as_of`, whether the close has posted it yet or not. The
    whole sums to zero. A `part` of it does only after cash (see `sides`): parts of parts drift.
    """
    got = {one: part(earned_minor(answer, one), one) for one in COMPONENTS}
    owed = {one: got[one] - part(_settled(answer, one), one) for one in COMPONENTS}
    principal, interest = Component.PRINCIPAL, Component.INTEREST
    recovered = part(answer.recovered_minor, principal)
    subsidy = part(answer.subsidy_minor, interest)
    earned_subsidy = part(answer.earned_subsidy_minor, interest)
    amounts = {
        AccountCode.LOANS: owed[principal],
        AccountCode.INTEREST_RECEIVABLE: owed[interest],
        AccountCode.PENALTY_RECEIVABLE: owed[Component.PENALTY],
        AccountCode.FEE_RECEIVABLE: owed[Component.FEE],
        AccountCode.OVERPAYMENT: -part(sum(answer.unspent.values()), principal),
        AccountCode.INTEREST_INCOME: part(sum(answer.interest_back.values()), interest)
        - got[interest],
        AccountCode.PENALTY_INCOME: -got[Component.PENALTY],
        AccountCode.FEE_INCOME: -got[Component.FEE],
        AccountCode.WAIVERS: _sum(answer, "waived_", part) - part(answer.discount_minor, interest),
        AccountCode.WRITE_OFFS: _sum(answer, "written_off_", part) + recovered,
        AccountCode.RECOVERY_INCOME: -recovered,
        AccountCode.FUNDING_BANK: -part(answer.overpayment_refunded_minor, principal),
        AccountCode.PARTNER_PAYABLE: subsidy - got[principal],
        AccountCode.DEFERRED_INCOME: earned_subsidy - subsidy,
        AccountCode.SUBSIDY_INCOME: -earned_subsidy,
    }
    for kind, account in _PAID_FROM.items():
        amounts[account] += part(answer.credited.get(kind, 0), principal)
    for payer, minor in answer.borne.items():
        amounts[_BORNE_BY[payer]] = part(minor, interest)
    return amounts


def difference(
    after: Mapping[AccountCode, int], before: Mapping[AccountCode, int]
) -> dict[AccountCode, int]:
    """What has to be posted to get from one to the other; accounts that stay are left out."""
    changed = {code: after.get(code, 0) - before.get(code, 0) for code in {*after, *before}}
    return {code: amount for code, amount in sorted(changed.items()) if amount}


def sides(
    before: Derived | None, after: Derived, shares: Shares
) -> dict[str, dict[AccountCode, int]]:
    """What has to be posted in each lender's books; every side balances by itself.

    A lender's side of a payment is what its parts of the components come to. Where an event moves
    no cash, what its other accounts leave (a fen of rounding, or interest shared otherwise than
    principal) is between the lenders, on JOINT_CLEARING.
    """
    if not shares.is_joint:
        amounts = difference(balances(after), balances(before) if before else NOTHING)
        return {shares.residual_id: amounts} if amounts else {}
    moved = {
        party: difference(
            balances(after, _part_of(party, shares)),
            balances(before, _part_of(party, shares)) if before else NOTHING,
        )
        for party in shares.ids
    }
    is_cash = sum(side.get(AccountCode.FUNDING_BANK, 0) for side in moved.values())
    rest = AccountCode.FUNDING_BANK if is_cash else AccountCode.JOINT_CLEARING
    for side in moved.values():
        side[rest] = side.get(rest, 0) - sum(side.values())
    return {
        party: kept
        for party, side in moved.items()
        if (kept := {code: amount for code, amount in side.items() if amount})
    }


def _part_of(party: str, shares: Shares) -> Part:
    return lambda minor, component: split(minor, component, shares)[party]


def _sum(answer: Derived, what: str, part: Part) -> int:
    return sum(part(answer.total(what, one), one) for one in COMPONENTS)


def earned_minor(answer: Derived, component: Component) -> int:
    """What the lenders have come to be owed of a component by `answer.as_of`, paid or not."""
    accrued = {
        Component.INTEREST: answer.accrued_interest_minor,
        Component.PENALTY: answer.accrued_penalty_minor,
        Component.PRINCIPAL: answer.credited.get("capture", 0),
    }
    return accrued.get(component, 0) + answer.charged.get(component, 0)


def _settled(answer: Derived, one: Component) -> int:
    return sum(answer.total(what, one) for what in ("paid_", "waived_", "written_off_"))
