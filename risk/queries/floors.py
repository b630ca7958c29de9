"""Floors: those in force for a tenant, and all of them for a risk officer."""

from collections.abc import Mapping
from typing import Any

from risk.domain.policy_floor import Floor, composed
from risk.enums import FloorLayer, FloorStatus
from risk.models import PolicyFloor, PolicyFunder


def floors_in_force() -> list[Floor]:
    """The floors under the tenant's policies: its funders' and the platform's."""
    funders = list(PolicyFunder.objects.values_list("funder", flat=True))
    rows = PolicyFloor.objects.filter(
        status=FloorStatus.IN_FORCE, funder__in=["", *funders]
    ).order_by("layer", "funder")
    return [
        Floor(
            layer=row.layer,
            funder=row.funder,
            version=row.version,
            sha256=row.sha256,
            body=row.body,
        )
        for row in rows
    ]


def has_floors_of_today(body: Mapping[str, Any]) -> bool:
    """Whether a body was composed with the floors in force now."""
    now: list[Any] = composed({"stages": []}, floors_in_force()).get("floors", [])
    return bool(now == body.get("floors", []))


def list_floors() -> list[PolicyFloor]:
    """Every floor of every layer, what is proposed first, then the newest."""
    rows = PolicyFloor.objects.order_by("layer", "funder", "-version")
    return sorted(rows, key=lambda row: row.status != FloorStatus.PROPOSED)


def next_version(layer: FloorLayer, funder: str) -> int:
    """The number after the last of this layer and funder."""
    last = (
        PolicyFloor.objects.filter(layer=layer, funder=funder)
        .order_by("-version")
        .values_list("version", flat=True)
        .first()
    )
    return (last or 0) + 1
