"""How often people answered otherwise than the policy, which way, and on what it rested."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from platform_app.kernel import clock
from risk.enums import OverrideDirection, OverrideReason
from risk.models import Override


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideMix:
    """Answers of people by direction, and by reason with the direction they went."""

    total: int
    by_direction: dict[OverrideDirection, int]
    by_reason: tuple[tuple[OverrideReason, OverrideDirection, int], ...]


def override_mix(*, since: date, on: date) -> OverrideMix:
    """What people answered from `since` to the end of `on`, the commonest first: one statement."""
    rows = (
        Override.objects.filter(at__gte=clock.moment_on(since), at__lt=clock.end_of(on))
        .order_by()
        .values_list("reason_code", "direction")
        .annotate(count=Count("id"))
    )
    found = sorted(rows, key=lambda row: (-row[2], row[0], row[1]))
    by_direction = dict.fromkeys(OverrideDirection, 0)
    for _reason, direction, count in found:
        by_direction[OverrideDirection(direction)] += count
    return OverrideMix(
        total=sum(by_direction.values()),
        by_direction=by_direction,
        by_reason=tuple(
            (OverrideReason(reason), OverrideDirection(direction), count)
            for reason, direction, count in found
        ),
    )
