"""What collection goes by in a tenant, and every change of it: the trail is the audit chain."""

from typing import Final

from credit.models import ConductRules, LadderStep
from platform_app.kernel.models import AuditRecord

LADDER_SET: Final = "credit.ladder.set"
RULES_SET: Final = "credit.collection_rules.set"
LATEST: Final = 30


def settings_changes() -> list[AuditRecord]:
    """Who changed a ladder or the conduct rules, from what to what and why, newest first."""
    rows = AuditRecord.objects.filter(action__in=(LADDER_SET, RULES_SET))
    return list(rows.order_by("-position")[:LATEST])


def own_settings() -> set[str]:
    """Kinds of ladder, and `rules`, that are the tenant's own instead of the standard ones."""
    own = set(LadderStep.objects.values_list("ladder", flat=True).distinct())
    return own | ({"rules"} if ConductRules.objects.exists() else set())
