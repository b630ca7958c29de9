"""The ceiling over prices, checked by whoever knows what a rate costs a merchant all in.

Risk has rates, credit has fees, days and the caps in force: it hands its check in when it starts.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from risk.domain.policy import PolicyTables
from risk.domain.price_findings import approved_grades

# Annual rates by term in days, the cheapest and the dearest any approved grade pays, and when.
# Raises what it refuses with.
Check = Callable[[Mapping[str, Decimal], Mapping[str, Decimal], datetime], None]
_CHECKS: Final[list[Check]] = []


def hand_in(check: Check) -> None:
    """Let this check judge every price table from now on. Handing it in twice counts once."""
    if check not in _CHECKS:
        _CHECKS.append(check)


def check_prices(policy: PolicyTables, at: datetime) -> None:
    """Raises what a check refuses with; a policy without a price table is judged at each offer."""
    table, grades = policy.term_price, approved_grades(policy)
    if table is None or not grades:
        return
    columns = {
        str(days): [table.rates[grade][place] for grade in grades]
        for place, days in enumerate(table.days)
    }
    lowest = {days: min(rates) for days, rates in columns.items()}
    highest = {days: max(rates) for days, rates in columns.items()}
    for check in _CHECKS:
        check(lowest, highest, at)
