"""Who may do which act: what costs the lender is Baitiao's, what costs the partner is theirs.

A refund of goods, and a payout given back, come off the partner's own settlement. Everything that
forgives, moves or ends a debt, and every limit, is decided by Baitiao's staff.
"""

from collections.abc import Mapping
from typing import Final

from tenants.enums import Role

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
_GOODS: Final = frozenset({Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.STAFF})
_MONEY: Final = frozenset({Role.OWNER, Role.FINANCE, Role.STAFF})
_STAFF: Final = frozenset({Role.STAFF})

# In the order of the menu.
SERVICERS: Final[Mapping[str, frozenset[Role]]] = {
    "refund": _GOODS,
    "payout_refund": _MONEY,
    "overpayment_refund": _STAFF,
    "fee": _STAFF,
    "waiver": _STAFF,
    "goodwill": _STAFF,
    "pause": _STAFF,
    "extension": _STAFF,
    "restructure": _STAFF,
    "rate_change": _STAFF,
    "write_off": _STAFF,
    "reversal": _STAFF,
}
LINE_ACTORS: Final = _STAFF
# What was never shipped is the partner's order: either side gives the hold back.
RELEASERS: Final = tuple(sorted(_GOODS))
MONEY_READERS: Final = (Role.OWNER, Role.FINANCE)
# How a merchant pays is arranged by either side; money of a guarantor is the lender's to book.
CHANNEL_ACTORS: Final[Mapping[str, frozenset[Role]]] = {
    "sign": _MONEY,
    "end": _MONEY,
    "collect": _MONEY,
    "agree": _MONEY,
    "stop": _MONEY,
    "account": _MONEY,
    "payout": _STAFF,
    "recovery": _MONEY,
}
# How people are spoken to is the partner's as well; what risk is counted by is Baitiao's.
SETTERS: Final[Mapping[str, frozenset[Role]]] = {
    "rules": frozenset({Role.OWNER, Role.STAFF}),
    "stage": frozenset({Role.OWNER, Role.STAFF}),
    "bucket": _STAFF,
    "class": _STAFF,
}
# The second person, by the kind of act that waits.
DECIDERS: Final[Mapping[str, frozenset[Role]]] = {
    kind: who & _MONEY for kind, who in SERVICERS.items()
}


def may_service(role: str, kind: str) -> bool:
    """Whether this role may do, or ask for, an act of this kind."""
    return role in SERVICERS.get(kind, ())


def may_arrange(role: str, name: str) -> bool:
    """Whether this role may do this act on a merchant's repayment channels."""
    return role in CHANNEL_ACTORS.get(name, ())


def may_decide(role: str, kind: str) -> bool:
    """Whether this role may be the second person for an act of this kind."""
    return role in DECIDERS.get(kind, ())
