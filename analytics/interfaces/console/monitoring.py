"""Risk monitoring: what moved, whether the card still ranks, what became of what was drawn."""

from datetime import date, timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from analytics.interfaces.console import monitoring_words as words
from analytics.interfaces.console import plots
from analytics.interfaces.console.forms import MONITORING_PERIODS, MonitoringFilter
from analytics.queries.approvals import approval_funnel
from analytics.queries.outcomes import next_maturity_on, overridden_outcomes
from analytics.queries.roll_rates import roll_rates
from analytics.queries.vintage import vintages
from analytics.values import ApprovalFunnel, RollRates, Vintage
from credit.queries.portfolio import business_today
from risk.enums import MonitorMetric, OverrideDirection
from risk.models import MonitorReading
from risk.queries.alarms import AlarmRow, list_alarms, monitor_rules
from risk.queries.overrides import OverrideMix, override_mix
from risk.queries.readings import figure_series, latest_readings
from risk.queries.reasons import ReasonMix, reason_mix
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

DRAWN_COHORTS: Final = 6  # more lines than colours cannot be told apart; the table has them all
THIN: Final = 30
_HEAT: Final = 5


@require_GET
@console_view(Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.VIEWER)
def show(request: ConsoleRequest) -> HttpResponse:
    """Alarms first, then each figure with its picture, its table and what it is held against."""
    filters = MonitoringFilter(request.GET)
    today = business_today()
    on = today - timedelta(days=1)
    since = today - timedelta(days=filters.period - 1)
    readings, alarms = latest_readings(), list_alarms()
    is_staff = request.member.role == Role.STAFF
    context = {
        "days": filters.period,
        "periods": MONITORING_PERIODS,
        "night": readings[0].on if readings else None,
        "is_staff": is_staff,
        "rules": list(monitor_rules().values()),
        "next_maturity_on": next_maturity_on(on=on),
        **_alarms(alarms),
        **_readings(readings),
        **_vintage(vintages(on=on), on, by_amount=filters.is_by_amount),
        **_rolls(roll_rates(on=on)),
        **_approvals(approval_funnel(since=since, on=today), since),
        **_reasons(reason_mix(since=since, on=today)),
        **_overrides(override_mix(since=since, on=today), overridden_outcomes(on=on)),
    }
    return render(request, "console/analytics/monitoring.html", context)


def _alarms(rows: list[AlarmRow]) -> dict[str, Any]:
    shown = [(row, words.subject_words(row.alarm.reading)) for row in rows]
    standing = [one for one in shown if one[0].alarm.status != "closed"]
    return {
        "standing": standing,
        "closed": [one for one in shown if one[0].alarm.status == "closed"],
        "is_stopped": any(row.alarm.stops_auto_approval for row, _name in standing),
    }


def _readings(readings: list[MonitorReading]) -> dict[str, Any]:
    by_metric: dict[str, list[MonitorReading]] = {}
    for row in readings:
        by_metric.setdefault(row.metric, []).append(row)
    series = figure_series(on=readings[0].on) if readings else {}
    score = [
        words.shift(row, series[row.metric]) for row in by_metric.get(MonitorMetric.SCORE_PSI, [])
    ]
    features = [words.shift(row) for row in by_metric.get(MonitorMetric.FEATURE_CSI, [])]
    features.sort(key=lambda one: (-(one.reading.value or 0), one.reading.subject))
    ranking = [
        words.judged(row, top=1.0, series=series[row.metric])
        for metric in (MonitorMetric.GINI, MonitorMetric.KS)
        for row in by_metric.get(metric, [])
    ]
    losses = by_metric.get(MonitorMetric.PD_ACTUAL, [])
    top = max([0.05, *(float(one or 0) for row in losses for one in (row.high, row.limit))])
    grades = [words.judged(row, top=top) for row in losses]
    return {
        "score": score[0] if score else None,
        "score_finding": words.shift_finding(score[0] if score else None),
        "features": features,
        "features_finding": words.features_finding(features),
        "ranking": ranking,
        "ranking_finding": words.ranking_finding(ranking[0] if ranking else None),
        "grades": grades,
        "grades_finding": words.grades_finding(grades),
        "matured_count": sum(row.n for row in losses),
        "bad_count": sum(row.details["bad"] for row in losses),
    }


def _vintage(rows: list[Vintage], on: date, *, by_amount: bool) -> dict[str, Any]:
    """Curves by count or by amount; the finding passes over thin cohorts if it can."""
    age = max((len(one.points) for one in rows), default=0)
    latest = rows[-DRAWN_COHORTS:]
    told = [one for one in rows if one.count >= THIN] or rows
    hit = max(told, key=lambda one: one.points[-1].share, default=None)
    if hit is None or not hit.points[-1].hit_count:
        finding = _("Nothing drawn in these twelve months was ever thirty days past due")
    else:
        finding = _("Of %(month)s, %(share)s was ever thirty days past due: the most so far") % {
            "month": f"{hit.cohort_on:%Y-%m}", "share": f"{hit.points[-1].share:.1%}",
        }  # fmt: skip
    named = [
        (
            f"{one.cohort_on:%y-%m}",
            [point.amount_share if by_amount else point.share for point in one.points],
            one.is_partial,
        )
        for one in latest
    ]
    return {
        "vintages": [
            {
                "cohort": one,
                "is_thin": one.count < THIN,
                "cells": [*one.points, *[None] * (age - len(one.points))],
            }
            for one in rows
        ],
        "vintage_months": range(age),
        "is_by_amount": by_amount,
        "vintage_finding": finding if rows else _("Nothing was drawn in these twelve months"),
        "vintage_plot": plots.curves(named, width=4) if rows else None,
        "seen_on": on,
    }


def _rolls(found: RollRates) -> dict[str, Any]:
    order = {code: place for place, code in enumerate(found.columns)}
    worse = better = total = 0
    for row in found.rows:
        for cell in row.cells:
            total += cell.count
            if cell.bucket == "paid_off" or order[cell.bucket] < order[row.bucket]:
                better += cell.count
            elif order[cell.bucket] > order[row.bucket]:
                worse += cell.count
    if not total:
        finding = _("Nothing stood at the end of the month before last")
    else:
        finding = _("Of %(total)s drawdowns %(worse)s rolled on, %(better)s got better or paid") % {
            "total": total, "worse": worse, "better": better,
        }  # fmt: skip
    return {
        "rolls": found,
        "roll_rows": [
            {
                "row": row,
                "is_thin": row.count < THIN,
                "cells": [(cell, _heat(cell.share, cell.bucket, row.bucket, order))
                          for cell in row.cells],
            }
            for row in found.rows
        ],
        "roll_total": total,
        "roll_finding": finding,
    }  # fmt: skip


def _heat(share: float | None, to: str, start: str, order: dict[str, int]) -> str:
    """How strongly a cell is tinted, and as good, bad or neither."""
    if not share:
        return ""
    tone = "same" if to == start else "good"
    if to != "paid_off" and order[to] > order[start]:
        tone = "bad"
    return f"heat-{tone}-{max(1, round(share * _HEAT))}"


def _approvals(found: ApprovalFunnel, since: date) -> dict[str, Any]:
    url = reverse("console:application-list")
    all_of_them = f"{url}?{urlencode({'submitted_since': since.isoformat()})}"

    def of(status: str) -> str:
        return f"{url}?{urlencode({'submitted_since': since.isoformat(), 'status': status})}"

    steps = [
        (_("Asked"), found.asked, all_of_them, 0),
        (_("Decided"), found.decided, "", 0),
        (_("Approved"), found.approved, "", 1),
        (_("Manual review"), found.referred, of("in_review"), 1),
        (_("Declined"), found.declined, of("declined"), 1),
        (_("Offered"), found.offered, "", 0),
        (_("Signed"), found.signed, of("activated"), 0),
        (_("Drawn"), found.drawn, "", 0),
    ]
    return {
        "funnel": found,
        "funnel_steps": [
            {"name": name, "count": count, "url": to, "is_part": part,
             "share": count / found.asked if found.asked else None,
             "bar": plots.bar(count, found.asked)}
            for name, count, to, part in steps
        ],
        "funnel_finding": _("%(approved)s of %(decided)s decided applications were approved") % {
            "approved": found.approved, "decided": found.decided,
        } if found.decided else _("No application was decided in these days"),
    }  # fmt: skip


def _reasons(mix: ReasonMix) -> dict[str, Any]:
    top = mix.counts[0][1] if mix.counts else 0
    return {
        "reasons": [
            {"reason": reason, "count": count, "share": count / mix.decisions_count,
             "bar": plots.bar(count, top)}
            for reason, count in mix.counts
        ],
        "reasons_count": mix.decisions_count,
        "reasons_finding": _(mix.counts[0][0].wording) if mix.counts else _("Nothing was refused"),
    }  # fmt: skip


def _overrides(mix: OverrideMix, ended: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """Which way people went, on what it rested, and what became of it."""
    moved = mix.total - mix.by_direction[OverrideDirection.NONE]
    return {
        "override_mix": mix,
        "override_finding": _("%(moved)s of %(total)s answers of people differ from the policy") % {
            "moved": moved, "total": mix.total,
        } if mix.total else _("No person answered anything in these days"),
        "override_directions": [
            {"name": direction.label, "count": count, "share": count / mix.total,
             "bar": plots.bar(count, mix.total), "ended": ended.get(direction)}
            for direction, count in mix.by_direction.items()
        ] if mix.total else [],
        "override_reasons": [
            {"reason": reason.label, "direction": direction.label, "count": count}
            for reason, direction, count in mix.by_reason
        ],
    }  # fmt: skip
