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
# The second person, by the kind of act that waits.
DECIDERS: Final[Mapping[str, frozenset[Role]]] = {
    kind: who & _MONEY for kind, who in SERVICERS.items()
}


def may_service(role: str, kind: str) -> bool:
    """Whether this role may do, or ask for, an act of this kind."""
    return role in SERVICERS.get(kind, ())


def may_decide(role: str, kind: str) -> bool:
    """Whether this role may be the second person for an act of this kind."""
    return role in DECIDERS.get(kind, ())
