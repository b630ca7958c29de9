"""Scorecards for a risk officer: the versions, and one of them with everything in it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platform_app.kernel import ids
from risk.domain import scorecard_body, scorecard_first
from risk.domain.scorecard import Card
from risk.enums import ApprovalKind, ScorecardKind
from risk.errors import ScorecardNotFound
from risk.models import Scorecard, ScorecardApproval
from risk.queries.people import names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BinRow:
    """One row of a card with what was counted in it; None where nobody counted."""

    kind: str
    lo: str | None
    hi: str | None
    levels: tuple[str, ...]
    n: int | None
    bad: int | None
    woe: Decimal | None
    points: Decimal
    reason_code: str

    @property
    def bad_rate(self) -> Decimal | None:
        return Decimal(self.bad) / self.n if self.n and self.bad is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureRow:
    """One feature of a card."""

    key: str
    label: str
    sign: str
    null_meaning: str
    mean_points: Decimal
    bins: tuple[BinRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """Who agreed to what, and why."""

    kind: str
    who: str
    comment: str
    at: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardView:
    """One version, read."""

    row: Scorecard
    card: Card
    base_points: Decimal
    development: dict[str, Any] | None
    features: tuple[FeatureRow, ...]
    approvals: tuple[ApprovalRow, ...]
    drafter: str

    def approvers(self) -> int:
        return sum(one.kind == ApprovalKind.CHAMPION for one in self.approvals)


def list_scorecards() -> list[Scorecard]:
    """Every version without its body, the newest first."""
    return list(Scorecard.objects.defer("body").order_by("-version"))


def scorecard_view(scorecard_id: str) -> ScorecardView:
    """One version of the card. Raises ScorecardNotFound, for a challenger too."""
    try:
        ids.to_uuid("crd", scorecard_id)
    except ValueError:
        raise ScorecardNotFound from None
    row = Scorecard.objects.filter(pk=scorecard_id, kind=ScorecardKind.CARD).first()
    if row is None:
        raise ScorecardNotFound
    approvals, drafter = who_agreed(row)
    body = row.body if "format" in row.body else scorecard_first.lifted(row.body)
    return ScorecardView(
        row=row,
        card=scorecard_body.parse(body),
        base_points=Decimal(body["base"]["points"]),
        development=body["development"],
        features=_features(body),
        approvals=approvals,
        drafter=drafter,
    )


def who_agreed(row: Scorecard) -> tuple[tuple[ApprovalRow, ...], str]:
    """Who said yes to a version, and who drafted it, by name."""
    said = list(ScorecardApproval.objects.filter(scorecard=row).order_by("at", "id"))
    names = names_of([row.drafted_by, *(one.actor for one in said)])
    approvals = tuple(
        ApprovalRow(
            kind=one.kind, who=names.get(one.actor, one.actor), comment=one.comment, at=one.at
        )
        for one in said
    )
    return approvals, names.get(row.drafted_by, row.drafted_by)


def _features(body: dict[str, Any]) -> tuple[FeatureRow, ...]:
    return tuple(
        FeatureRow(
            key=one["key"],
            label=one["label"],
            sign=one["sign"],
            null_meaning=one["null_meaning"],
            mean_points=Decimal(one["mean_points"]),
            bins=tuple(_bin(row) for row in body["rows"] if row["feature"] == one["key"]),
        )
        for one in body["features"]
    )


def _bin(row: dict[str, Any]) -> BinRow:
    return BinRow(
        kind=row["kind"],
        lo=None if row["lo"] is None else str(row["lo"]),
        hi=None if row["hi"] is None else str(row["hi"]),
        levels=tuple(row["levels"] or ()),
        n=row["n"],
        bad=row["bad"],
        woe=None if row["woe"] is None else Decimal(row["woe"]),
        points=Decimal(row["points"]),
        reason_code=row["reason_code"],
    )
