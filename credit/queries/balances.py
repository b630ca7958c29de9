"""What a derived drawdown means for the books.

Every account's balance is a function of what `derive` answers. An event posts the difference
between the balances after it and before it, so no event has bookkeeping of its own, a backdated one
adjusts what it changes, and a reversal gives back exactly what it undoes.
"""

from collections.abc import Mapping

from credit.domain.allocation import Component
from credit.domain.derived import COMPONENTS, Derived
from credit.enums import AccountCode

NOTHING: Mapping[AccountCode, int] = {}
# Who gave the credit: the account that pays for it.
_PAID_FROM = {
    "repayment": AccountCode.FUNDING_BANK,
    "guarantor_payout": AccountCode.FUNDING_BANK,
    "goodwill": AccountCode.WAIVERS,
    "refund": AccountCode.PARTNER_PAYABLE,
    "payout_refund": AccountCode.PARTNER_PAYABLE,
}


def balances(answer: Derived) -> dict[AccountCode, int]:
    """The balances of one drawdown in fen, debits positive; they sum to zero.

    Interest counts as earned up to `answer.as_of`, whether the close has posted it yet or not.
    """
    owed = {part: _owed(answer, part) for part in COMPONENTS}
    waived = sum(answer.total("waived_", part) for part in COMPONENTS)
    written_off = sum(answer.total("written_off_", part) for part in COMPONENTS)
    earned = _earned(answer)
    amounts = {
        AccountCode.LOANS: owed[Component.PRINCIPAL],
        AccountCode.INTEREST_RECEIVABLE: owed[Component.INTEREST],
        AccountCode.PENALTY_RECEIVABLE: owed[Component.PENALTY],
        AccountCode.FEE_RECEIVABLE: owed[Component.FEE],
        AccountCode.OVERPAYMENT: -sum(answer.unspent.values()),
        AccountCode.INTEREST_INCOME: sum(answer.interest_back.values())
        - earned[Component.INTEREST],
        AccountCode.PENALTY_INCOME: -earned[Component.PENALTY],
        AccountCode.FEE_INCOME: -earned[Component.FEE],
        AccountCode.WAIVERS: waived,
        AccountCode.WRITE_OFFS: written_off + answer.recovered_minor,
        AccountCode.RECOVERY_INCOME: -answer.recovered_minor,
        AccountCode.FUNDING_BANK: -answer.overpayment_refunded_minor,
        AccountCode.PARTNER_PAYABLE: answer.subsidy_minor - answer.credited.get("capture", 0),
        AccountCode.DEFERRED_INCOME: answer.earned_subsidy_minor - answer.subsidy_minor,
        AccountCode.SUBSIDY_INCOME: -answer.earned_subsidy_minor,
    }
    for kind, account in _PAID_FROM.items():
        amounts[account] += answer.credited.get(kind, 0)
    return amounts


def difference(
    after: Mapping[AccountCode, int], before: Mapping[AccountCode, int]
) -> dict[AccountCode, int]:
    """What has to be posted to get from one to the other; accounts that stay are left out."""
    changed = {code: after.get(code, 0) - before.get(code, 0) for code in {*after, *before}}
    return {code: amount for code, amount in sorted(changed.items()) if amount}


def _earned(answer: Derived) -> dict[Component, int]:
    return {
        Component.INTEREST: answer.accrued_interest_minor,
        Component.PENALTY: answer.accrued_penalty_minor + answer.charged.get(Component.PENALTY, 0),
        Component.FEE: answer.charged.get(Component.FEE, 0),
        Component.PRINCIPAL: answer.credited.get("capture", 0),
    }


def _owed(answer: Derived, part: Component) -> int:
    settled = sum(answer.total(what, part) for what in ("paid_", "waived_", "written_off_"))
    return _earned(answer)[part] - settled
