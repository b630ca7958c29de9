"""A scorecard's figures as a person reads them."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from risk.queries.scorecards import BinRow, FeatureRow

# Name of the figure, what it is called, its definition.
METRICS: Final = (
    ("auc", gettext_lazy("AUC"),
     gettext_lazy("The chance that of a bad and a good case the bad one has the worse score.")),
    ("ks", gettext_lazy("KS"),
     gettext_lazy("The greatest distance between the scores of good and bad cases.")),
    ("pd_ratio", gettext_lazy("PD to actual"),
     gettext_lazy("Mean predicted PD over the share that was bad; 1 is right.")),
)  # fmt: skip


def metric_rows(metrics: dict[str, Any]) -> list[dict[str, Any]]:
    """The figures that are there, with their intervals; anything else in the file is not shown."""
    intervals = metrics.get("interval")
    rows = []
    for name, label, text in METRICS:
        value = metrics.get(name)
        if not _is_number(value):
            continue
        sides = intervals.get(name) if isinstance(intervals, dict) else None
        is_whole = isinstance(sides, list) and len(sides) == 2 and all(map(_is_number, sides))  # noqa: PLR2004 -- low and high
        rows.append({
            "name": name, "label": label, "text": text, "value": f"{value:.3f}",
            "interval": f"{sides[0]:.3f} – {sides[1]:.3f}" if is_whole and sides else "",
        })  # fmt: skip
    return rows


def metric_cells(metrics: dict[str, Any]) -> list[dict[str, Any] | None]:
    """One cell for each figure of the list, None where it is not known."""
    found = {row["name"]: row for row in metric_rows(metrics)}
    return [found.get(name) for name, _label, _text in METRICS]


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def bin_words(row: BinRow) -> str:
    """What falls into a bin."""
    if row.kind == "missing":
        return _("Missing")
    if row.kind == "other":
        return _("New level")
    if row.kind == "categorical":
        return "、".join(row.levels)
    if row.lo is None:
        return _("All") if row.hi is None else f"< {row.hi}"
    return f"≥ {row.lo}" if row.hi is None else f"{row.lo} – {row.hi}"


def chart(feature: FeatureRow) -> dict[str, Any]:
    """Points per bin as bars."""
    return {
        "kind": "bars",
        "signed": True,
        "x": [bin_words(one) for one in feature.bins],
        "unit": "",
        "series": [
            {
                "name": _("Points"),
                "color": "drawn",
                "values": [float(one.points) for one in feature.bins],
            }
        ],
    }
