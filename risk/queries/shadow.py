"""A policy in shadow beside the one in force: how often they agree, and where they do not."""

from dataclasses import dataclass, fields
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Abs

from risk.enums import Outcome
from risk.models import Decision, ShadowDecision

_LIVE, _SHADOW = Q(decision__outcome=Outcome.APPROVE), Q(outcome=Outcome.APPROVE)
_AGREE = Q(
    outcome=F("decision__outcome"),
    limit_minor=F("decision__limit_minor"),
    annual_rate=F("decision__annual_rate"),
)
MOST_DIFFERENCES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Decisions with both answers; amounts in fen.

    They agree where outcome, limit and rate are the same. `in_count` are approved in shadow only,
    `out_count` live only; the other counts are of those approved by both.
    """

    count: int
    agree_count: int
    in_count: int
    out_count: int
    higher_count: int
    lower_count: int
    dearer_count: int
    cheaper_count: int
    limit_live_minor: int
    limit_shadow_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One decision that the challenger would have answered otherwise."""

    live: Decision
    shadow: ShadowDecision


def compared(policy_id: str) -> Compared:
    """The figures of one policy's shadow, in one statement."""
    both = _LIVE & _SHADOW
    found: dict[str, Any] = ShadowDecision.objects.filter(policy_id=policy_id).aggregate(
        count=Count("id"),
        agree_count=Count("id", filter=_AGREE),
        in_count=Count("id", filter=_SHADOW & ~_LIVE),
        out_count=Count("id", filter=_LIVE & ~_SHADOW),
        higher_count=Count("id", filter=both & Q(limit_minor__gt=F("decision__limit_minor"))),
        lower_count=Count("id", filter=both & Q(limit_minor__lt=F("decision__limit_minor"))),
        dearer_count=Count("id", filter=both & Q(annual_rate__gt=F("decision__annual_rate"))),
        cheaper_count=Count("id", filter=both & Q(annual_rate__lt=F("decision__annual_rate"))),
        limit_live_minor=Sum("decision__limit_minor", default=0),
        limit_shadow_minor=Sum("limit_minor", default=0),
    )
    return Compared(**{field.name: int(found[field.name]) for field in fields(Compared)})


def list_differences(policy_id: str) -> list[Difference]:
    """Where the two part, the largest move of a limit first; at most `MOST_DIFFERENCES`."""
    rows = (
        ShadowDecision.objects.filter(~_AGREE, policy_id=policy_id)
        .select_related("decision")
        .order_by(Abs(F("limit_minor") - F("decision__limit_minor")).desc(), "-id")
    )
    return [Difference(live=row.decision, shadow=row) for row in rows[:MOST_DIFFERENCES]]
