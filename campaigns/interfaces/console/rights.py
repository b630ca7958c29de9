"""Who may look at the service desk and who works at it: the partner's people and ours alike."""

from typing import Final

from tenants.enums import Role

READERS: Final = (Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
WORKERS: Final = frozenset({Role.OWNER, Role.OPERATOR, Role.STAFF})
# How many calls a time holds is a matter of staffing.
PLANNERS: Final = frozenset({Role.OWNER, Role.STAFF})
