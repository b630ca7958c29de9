"""Runs of the expected loss: by stage and grade, what moved since the run before, the lines."""

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.db.models import Count, QuerySet, Sum

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.models import EclRow, EclRun

SHOWN_RUNS: Final = 24
SHOWN_LINES: Final = 100
# What became of each line since the run before; fen of expected loss.
_MOVED: Final = """
SELECT CASE WHEN was.line_id IS NULL THEN 'new' WHEN now.line_id IS NULL THEN 'gone'
            WHEN now.stage > was.stage THEN 'worse' WHEN now.stage < was.stage THEN 'better'
            ELSE 'same' END AS kind,
       count(*), sum(coalesce(now.ecl_minor, 0) - coalesce(was.ecl_minor, 0))
FROM (SELECT * FROM risk_eclrow WHERE tenant_id = %(tenant)s AND run_id = %(run)s) now
FULL JOIN (SELECT * FROM risk_eclrow WHERE tenant_id = %(tenant)s AND run_id = %(former)s) was
    USING (line_id)
GROUP BY 1
"""
MOVES: Final = ("new", "worse", "better", "same", "gone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The lines of one stage and grade; amounts in fen."""

    stage: int
    grade: str
    line_count: int
    ead_minor: int
    ecl_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One reason why the expected loss is another one than the run before."""

    kind: str
    line_count: int
    ecl_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """A run with its cells, its movement, and whether its rows add up to it."""

    run: EclRun
    cells: tuple[Cell, ...]
    moves: tuple[Moved, ...]

    @property
    def is_proven(self) -> bool:
        """Σ of the rows is what the run says, and opening plus movement is what it closes with."""
        told = (self.run.line_count, self.run.ead_minor, self.run.ecl_minor)
        rows = (
            sum(one.line_count for one in self.cells),
            sum(one.ead_minor for one in self.cells),
            sum(one.ecl_minor for one in self.cells),
        )
        return (
            told == rows
            and self.opening_minor + sum(one.ecl_minor for one in self.moves) == self.run.ecl_minor
        )

    @property
    def opening_minor(self) -> int:
        return int(self.run.former.ecl_minor) if self.run.former else 0


def list_runs() -> list[EclRun]:
    """The latest runs, the newest first."""
    return list(EclRun.objects.order_by("-on")[:SHOWN_RUNS])


def run_view(run_id: str | None) -> RunView | None:
    """A run, the newest when none is named; None where there is none."""
    runs = EclRun.objects.select_related("former")
    try:
        run = (runs.filter(pk=run_id) if run_id else runs.order_by("-on")).first()
    except ValueError:
        run = None
    if run is None:
        return None
    cells = (
        EclRow.objects.filter(run=run)
        .values("stage", "grade")
        .annotate(line_count=Count("id"), ead=Sum("ead_minor"), ecl=Sum("ecl_minor"))
        .order_by("stage", "grade")
    )
    return RunView(
        run=run,
        cells=tuple(
            Cell(
                stage=one["stage"], grade=one["grade"], line_count=one["line_count"],
                ead_minor=int(one["ead"]), ecl_minor=int(one["ecl"]),
            )
            for one in cells
        ),
        moves=_moves(run),
    )  # fmt: skip


def rows_of(run: EclRun, stage: int | None = None) -> QuerySet[Any]:
    """The lines of a run, what is expected to lose most first."""
    rows = EclRow.objects.filter(run=run)
    chosen: QuerySet[Any] = rows if stage is None else rows.filter(stage=stage)
    return chosen.order_by("-ecl_minor", "id")


def _moves(run: EclRun) -> tuple[Moved, ...]:
    params = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "run": str(ids.to_uuid("ecl", run.id)),
        "former": str(ids.to_uuid("ecl", run.former_id)) if run.former_id else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, params)
        found = {kind: (count, int(ecl)) for kind, count, ecl in cursor.fetchall()}
    return tuple(
        Moved(kind=kind, line_count=found[kind][0], ecl_minor=found[kind][1])
        for kind in MOVES
        if kind in found
    )
