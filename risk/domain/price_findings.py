"""What is found in a policy's price table, in the words of the other findings."""

from typing import Final

from risk.domain.policy import OUTCOME, PolicyTables
from risk.domain.policy_findings import PRICE_BELOW_COST, PRICE_GAP, PRICE_ORDER, Finding
from risk.domain.pricing import below_cost, order_broken
from risk.enums import Outcome

PRICE: Final = "price"


def price_findings(policy: PolicyTables) -> list[Finding]:
    """A worse grade that is cheaper, a table that stops short of the term, rates below cost.

    Rates below cost count for the grades that may be approved only.
    """
    table, terms = policy.term_price, policy.limit
    if table is None:
        return []
    found = [
        Finding(code=PRICE_ORDER, stage=PRICE, example={"grade": worse, "term_days": days})
        for _better, worse, days in order_broken(table)
    ]
    if table.days[-1] < terms.term_days:
        found.append(Finding(code=PRICE_GAP, stage=PRICE, example={"term_days": terms.term_days}))
    return found + [
        Finding(
            code=PRICE_BELOW_COST, stage=PRICE, example={"grade": one.grade, "term_days": one.days}
        )
        for one in below_cost(table, terms.lgd, approved_grades(policy))
    ]


def approved_grades(policy: PolicyTables) -> list[str]:
    """The grades some row of the last table approves by name, in their order."""
    named = {
        value
        for row in policy.stages[OUTCOME]
        if row.outcome == Outcome.APPROVE
        for fact, cell in row.when
        if fact == "grade"
        for value in cell.values
    }
    return sorted(str(one) for one in named)
