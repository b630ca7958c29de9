"""What the readings say, in words: the finding above each picture, a tile for each figure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analytics.interfaces.console import plots
from analytics.interfaces.console.tiles import spark
from risk.enums import MonitorMetric, ReadingState
from risk.models import MonitorReading

TONES: Final = {
    ReadingState.OK: "good", ReadingState.WATCH: "warn", ReadingState.ALARM: "bad",
    ReadingState.UNKNOWN: "",
}  # fmt: skip
Series = Sequence[Decimal | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The shift of the score or of a feature as drawn and written."""

    reading: MonitorReading
    name: str
    tone: str
    bar: int
    limit_at: int
    reference: str
    rows: list[dict[str, Any]]
    plot: plots.Plot | None
    spark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A figure with its interval against its limit."""

    reading: MonitorReading
    name: str
    tone: str
    whisker: dict[str, int] | None
    pd: float | None
    spark: str


def shift(reading: MonitorReading, series: Series = ()) -> Shift:
    """One PSI or CSI with its two mixes; `series` is how it went in the nights before."""
    told = reading.details
    before, after = (_shares(told[key]) for key in ("expected", "actual"))
    labels = [bin_words(one) for one in told["bins"]]
    value, limit = (float(one or 0) for one in (reading.value, reading.limit))
    top = max(0.5, value, limit)
    columns = (labels, told["expected"], told["actual"], before, after)
    return Shift(
        reading=reading,
        name=subject_words(reading),
        tone=TONES[ReadingState(reading.state)],
        bar=plots.bar(value, top),
        limit_at=plots.bar(limit, top),
        reference=reference_words(told),
        rows=[
            dict(zip(("label", "old", "new", "before", "after"), one, strict=True))
            for one in zip(*columns, strict=True)
        ],
        plot=plots.pairs(labels, before, after) if any(before) and any(after) else None,
        spark=_spark(series),
    )


def judged(reading: MonitorReading, *, top: float, series: Series = ()) -> Judged:
    """Gini, KS, or the losses of a grade."""
    sides = (reading.value, reading.low, reading.high, reading.limit)
    is_known = all(one is not None for one in sides)
    value, low, high, limit = (float(one or 0) for one in sides)
    pd = reading.details.get("pd")
    return Judged(
        reading=reading,
        name=subject_words(reading),
        tone=TONES[ReadingState(reading.state)],
        whisker=plots.whisker(value, low, high, limit, top=top) if is_known else None,
        pd=None if pd is None else float(pd),
        spark=_spark(series),
    )


def subject_words(reading: MonitorReading) -> str:
    """What a reading is of: a feature or a source by its label, a grade, or the metric itself."""
    if "label" in reading.details:
        return _(reading.details.get("label") or reading.subject)
    if reading.metric == MonitorMetric.PD_ACTUAL:
        return _("Grade %(grade)s") % {"grade": reading.subject}
    return str(reading.get_metric_display())


def bin_words(label: str) -> str:
    """The words among the labels of bins; the rest are bounds."""
    return {"missing": _("Missing"), "other": _("New level"), "*": _("All")}.get(label, label)


def reference_words(told: dict[str, Any]) -> str:
    """What a shift is measured against, and whether it is there yet."""
    if told["reference"] == "development":
        return _("Against the %(n)s cases the card was developed on.") % {"n": told["reference_n"]}
    if told["ready_on"]:
        return _(
            "The card has no shares of its own, so the first complete months of decisions will be "
            "the reference; they hold 200 decisions on %(on)s at the earliest."
        ) % {"on": told["ready_on"]}
    if told["reference_until"] is None:
        return _("No application has been decided by this card yet.")
    since, until = (date.fromisoformat(told[f"reference_{end}"]) for end in ("from", "until"))
    return _(
        "Against the first complete months this card decided (%(since)s to %(until)s, %(n)s "
        "decisions): it has no shares of its own."
    ) % {
        "since": since.isoformat(), "n": told["reference_n"],
        "until": date.fromordinal(until.toordinal() - 1).isoformat(),
    }  # fmt: skip


def shift_finding(one: Shift | None) -> str:
    """The title above the mix of scores."""
    if one is None or one.reading.value is None:
        return _("Whether the scores have shifted is not known yet")
    facts = {"value": f"{one.reading.value:.2f}", "limit": f"{one.reading.limit:.2f}"}
    if one.reading.state == ReadingState.UNKNOWN:
        return _("Too few decisions to say whether the scores have shifted: %(n)s of 200") % {
            "n": min(one.reading.n, one.reading.details["reference_n"])
        }
    if one.reading.state == ReadingState.ALARM:
        return _("The scores have shifted: PSI %(value)s, above %(limit)s") % facts
    if one.reading.state == ReadingState.WATCH:
        return _("The scores are moving: PSI %(value)s, still below %(limit)s") % facts
    return _("The scores look like the reference: PSI %(value)s") % facts


def features_finding(rows: list[Shift]) -> str:
    moved = [one.name for one in rows if one.reading.state == ReadingState.ALARM]
    if moved:
        return _("Shifted: %(names)s") % {"names": "、".join(moved)}
    if rows and all(one.reading.state == ReadingState.UNKNOWN for one in rows):
        return _("Too few decisions to say which features have shifted")
    return _("No feature of the card has shifted")


def ranking_finding(gini: Judged | None) -> str:
    if gini is None or gini.reading.value is None:
        return _("How well the card ranks is not known yet")
    facts = {"value": f"{gini.reading.value:.2f}", "limit": f"{gini.reading.limit:.2f}"}
    if gini.reading.state == ReadingState.ALARM:
        return _("The card has lost its ranking: Gini %(value)s, surely below %(limit)s") % facts
    return _("The card ranks matured cohorts with a Gini of %(value)s") % facts


def grades_finding(rows: list[Judged]) -> str:
    above = [one.reading.subject for one in rows if one.reading.state == ReadingState.ALARM]
    if above:
        return ngettext(
            "Grade %(grades)s loses more than its PD", "Grades %(grades)s lose more than their PD",
            len(above),
        ) % {"grades": "、".join(above)}  # fmt: skip
    if not rows:
        return _("No cohort has matured yet")
    return _("No grade surely loses more than its PD")


def _spark(series: Series) -> str:
    values = tuple(None if one is None else max(0.0, float(one)) for one in series)
    return " ".join(f"{x},{y}" for x, y in spark(values))


def _shares(counts: list[int]) -> list[float]:
    total = sum(counts)
    return [count / total if total else 0.0 for count in counts]
