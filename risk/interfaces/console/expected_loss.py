"""预期信用损失: the month's expected loss by stage and grade, what moved, the lines, the file."""

import csv
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from risk.domain.expected_loss import DISTRESS, DPD_30, DPD_90, LISTED, WORSE_GRADE
from risk.domain.odds import GRADES
from risk.models import EclRow
from risk.queries.expected_loss import SHOWN_LINES, Cell, RunView, list_runs, rows_of, run_view
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.models import Merchant

STAGES: Final = {
    1: gettext_lazy("Stage 1: as agreed"),
    2: gettext_lazy("Stage 2: risen risk"),
    3: gettext_lazy("Stage 3: in default"),
}
_COLORS: Final = {1: "drawn", 2: "held", 3: "overdue"}
_SIGNS: Final = {
    DPD_90: gettext_lazy("90 days past due"),
    DISTRESS: gettext_lazy("In distress"),
    DPD_30: gettext_lazy("30 days past due"),
    WORSE_GRADE: gettext_lazy("Two grades worse"),
    LISTED: gettext_lazy("On a list"),
}
_SCENARIOS: Final = {
    "base": gettext_lazy("as it goes now"),
    "better": gettext_lazy("better times"),
    "worse": gettext_lazy("worse times"),
}
_MOVES: Final = {
    "new": gettext_lazy("New lines"),
    "worse": gettext_lazy("Moved to a worse stage"),
    "better": gettext_lazy("Moved to a better stage"),
    "same": gettext_lazy("Measured again in the same stage"),
    "gone": gettext_lazy("Paid back or gone"),
}


@require_GET
@console_view(Role.STAFF)
def show(request: ConsoleRequest) -> HttpResponse:
    """A run, the newest unless another is chosen."""
    found = run_view(request.GET.get("run"))
    if found is None and request.GET.get("run"):
        raise Http404
    context: dict[str, Any] = {"found": found, "runs": list_runs()}
    if found is not None:
        context |= _told(request, found)
    return render(request, "console/risk/expected_loss.html", context)


@require_GET
@console_view(Role.STAFF)
def download(request: ConsoleRequest, run_id: str) -> HttpResponse:  # noqa: ARG001 -- of a view
    """Every line of a run as a file a spreadsheet opens."""
    found = run_view(run_id)
    if found is None:
        raise Http404
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"expected-loss-{found.run.on.isoformat()}.csv"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.write("\ufeff")
    out = csv.writer(answer)
    out.writerow(
        ["line", "merchant", "stage", "signs", "grade", "grade_then", "dpd_days", "ead_yuan",
         "pd", "lgd", "ecl_yuan"]
    )  # fmt: skip
    for row in rows_of(found.run).iterator(chunk_size=2_000):
        out.writerow(
            [row.line_id, row.merchant_id, row.stage, " ".join(row.signs), row.grade,
             row.grade_then, row.dpd_days, _yuan(row.ead_minor), row.pd, row.lgd,
             _yuan(row.ecl_minor)]
        )  # fmt: skip
    return answer


def _told(request: ConsoleRequest, found: RunView) -> dict[str, Any]:
    said = request.GET.get("stage", "")
    stage = int(said) if said in {str(one) for one in STAGES} else None
    lines = list(rows_of(found.run, stage)[:SHOWN_LINES])
    run = found.run
    return {
        "run": run,
        "coverage": Decimal(run.ecl_minor) / run.ead_minor if run.ead_minor else None,
        "stages": [_stage(number, label, found.cells) for number, label in STAGES.items()],
        "grades": GRADES,
        "moves": [{"label": _MOVES[one.kind], "row": one} for one in found.moves],
        "chart": _chart(found.cells),
        "chosen": stage,
        "choices": [(number, label) for number, label in STAGES.items()],
        "lines": _lines(lines),
        "assumed": run.assumptions,
        "scenarios": [
            one | {"label": _SCENARIOS[one["name"]]} for one in run.assumptions["scenarios"]
        ],
    }


def _stage(number: int, label: object, cells: Sequence[Cell]) -> dict[str, Any]:
    """One row of the table: each grade's expected loss, and the sums."""
    of = {one.grade: one for one in cells if one.stage == number}
    return {
        "number": number,
        "label": label,
        "by_grade": [of[grade].ecl_minor if grade in of else None for grade in GRADES],
        "line_count": sum(one.line_count for one in of.values()),
        "ead_minor": sum(one.ead_minor for one in of.values()),
        "ecl_minor": sum(one.ecl_minor for one in of.values()),
    }


def _chart(cells: Sequence[Cell]) -> dict[str, Any]:
    """Expected loss by grade, a bar for each stage, in yuan."""
    of = {(one.stage, one.grade): one.ecl_minor for one in cells}
    return {
        "kind": "bars",
        "x": list(GRADES),
        "unit": "¥",
        "series": [
            {
                "name": _("Stage {number}").format(number=stage),
                "color": color,
                "values": [of.get((stage, grade), 0) / 100 for grade in GRADES],
            }
            for stage, color in _COLORS.items()
        ],
    }


def _lines(rows: Sequence[EclRow]) -> list[dict[str, Any]]:
    names = dict(
        Merchant.objects.filter(pk__in={row.merchant_id for row in rows}).values_list("id", "name")
    )
    return [
        {
            "row": row,
            "name": names.get(row.merchant_id, row.merchant_id),
            "signs": [_SIGNS[one] for one in row.signs],
            "is_probation": row.clean_months > 0,
        }
        for row in rows
    ]


def _yuan(minor: int) -> Decimal:
    return Decimal(minor).scaleb(-2)
