"""Climbing the ladder: pooled card, a platform's offset, its own card. Each writes a draft.

Nothing decides by itself: a draft is validated by another person and put in force by two, as every
version of the registry is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import log
from typing import Any, Final

from django.db import transaction

from platform_app.kernel import clock
from platform_app.kernel.scope import current_tenant_id
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.fact_words import FACT_WORDS
from risk.domain.labels import LabelDef, label_def
from risk.domain.ladder import OFFSET_FROM_BAD, OWN_FROM_BAD, POOLED_FROM_BAD, SLOPE_FROM_BAD
from risk.domain.scorecard import Card
from risk.domain.signs import SIGNS, null_meaning, pooled_facts
from risk.enums import Rung, VersionStatus
from risk.errors import NoChampion, OwnCardLoses, PooledCardFirst, TooFewCases, TooFewOfAKind
from risk.models import Scorecard
from risk.operations.scorecards import register_scorecard
from risk.queries.champions import champions
from risk.queries.training import Case, matured_cases
from risk.scoring.calibration import shrunk_intercept, shrunk_line
from risk.scoring.data import Data
from risk.scoring.evidence import Numbers
from risk.scoring.fitting import Asked, fit_card
from risk.scoring.judging import judged, odds_of
from risk.scoring.metrics import quality
from risk.scoring.training import Table, out_of_time, table
from risk.scoring.validation import pds_of

SEED: Final = 42
_RANKING: Final = ("auc", "ks", "gini")
RIGHT_RATIO: Final = 1.25  # a mean PD this far from the actual rate, either way, is about right


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A card's body with how it was judged."""

    body: dict[str, Any]
    metrics: dict[str, Any]


@transaction.atomic
def fit_pooled(
    *,
    tenant_ids: Sequence[str],
    on: date,
    actor: str,
    at: datetime,
    seed: int = SEED,
) -> dict[str, Scorecard]:
    """One card on the matured cases of several platforms, a draft in the registry of each.

    Needs no scope, opens each platform's in turn. The card carries how many platforms and rows it
    saw, never whose a row was. Raises TooFewCases below a hundred bad cases together, CannotFit.
    """
    label, cases = label_def(on), []
    for tenant_id in sorted(set(tenant_ids)):
        with tenant_scope(tenant_id):
            cases += matured_cases(label, on=on)
    cases.sort(key=lambda one: (one.cohort_on, one.facts_sha256, one.label, one.entity))
    fitted = pooled(cases, label, platforms=len(set(tenant_ids)), seed=seed)
    found = {}
    for tenant_id in sorted(set(tenant_ids)):
        with tenant_scope(tenant_id):
            found[tenant_id] = register_scorecard(
                body=fitted.body, metrics=fitted.metrics, actor=actor, at=at
            )
    return found


def pooled(
    cases: Sequence[Case],
    label: LabelDef,
    *,
    platforms: int,
    seed: int = SEED,
) -> Fitted:
    """The pooled card of these cases. The same cases give the same card. Raises CannotFit."""
    _enough(cases, POOLED_FROM_BAD)
    found = table(cases, pooled_facts(), label)
    return _card(found, label, Rung.POOLED, platforms, seed)


@transaction.atomic
def recalibrate(*, on: date, actor: str, at: datetime) -> Scorecard:
    """A draft of the card in force with this platform's offset from the day of `at` on.

    An intercept shrunk towards none; with a hundred bad cases a slope too. Raises NoChampion,
    TooFewCases below ten bad ones, PooledCardFirst for an expert's card, TooFewOfAKind.
    """
    row = _in_force()
    if not row.body.get("development"):
        raise PooledCardFirst
    label, card = label_def(on), champions().card
    cases = matured_cases(label, on=on)
    _enough(cases, OFFSET_FROM_BAD)
    data = table(cases, tuple(one.key for one in card.features), label).data
    offset = _offset(data, card)
    tenant_id, from_on = current_tenant_id(), clock.day_of(at).isoformat()
    calibration = row.body["calibration"]
    others = [
        one
        for one in calibration["offsets"]
        if (one["tenant_id"], one["from_on"]) != (tenant_id, from_on)
    ]
    new = {"tenant_id": tenant_id, "from_on": from_on} | offset
    body = row.body | {"calibration": calibration | {"offsets": [*others, new]}}
    moved = judged(data, lambda train: _moved(card, _offset(train, card)), seed=SEED)
    told = _ranked_as(row, moved) | {"offset": offset, "of_version": row.version}
    return register_scorecard(body=body, metrics=told, actor=actor, at=at)


@transaction.atomic
def fit_own(
    *,
    on: date,
    actor: str,
    at: datetime,
    seed: int = SEED,
) -> Scorecard:
    """A draft of a card on this platform's cases alone.

    Raises NoChampion, TooFewCases below five hundred bad ones, OwnCardLoses when it does not beat
    the card in force on the last cohorts, held out: a lower log-loss, and a mean PD that is about
    right or no further from what happened.
    """
    label = label_def(on)
    cases = matured_cases(label, on=on)
    _enough(cases, OWN_FROM_BAD)
    found = table(cases, tuple(SIGNS), label)
    sides = out_of_time(found.data)
    if sides is None:
        raise TooFewOfAKind(least=1)
    used = champions().card.for_tenant(current_tenant_id(), clock.day_of(at))
    won = _beats(used, *sides, seed=seed)
    fitted = _card(found, label, Rung.OWN, 1, seed)
    told = fitted.metrics | {"against_version": _in_force().version, "won": won}
    return register_scorecard(body=fitted.body, metrics=told, actor=actor, at=at)


def _card(found: Table, label: LabelDef, rung: Rung, platforms: int, seed: int) -> Fitted:
    asked = Asked(
        signs={name: SIGNS[name][0] for name in found.data.columns},
        reason_codes={name: SIGNS[name][1] for name in found.data.columns},
        null_meanings={name: null_meaning(name) for name in found.data.columns},
        seed=seed,
    )
    fitted = fit_card(found.data, asked)
    development = fitted.body["development"] | {
        "rung": str(rung),
        "label_sha256": label.sha256,
        "platforms": platforms,
        "cohorts": [one.isoformat() for one in (found.cohorts[0], found.cohorts[-1])],
    }
    features = [one | {"label": FACT_WORDS[one["key"]][0]} for one in fitted.body["features"]]
    metrics = judged(found.data, lambda train: _pds(fit_card(train, asked).card), seed=seed)
    return Fitted(
        body=fitted.body | {"development": development, "features": features},
        metrics=metrics | {"left_out": fitted.left_out},
    )


def _pds(card: Card) -> Any:
    return lambda data: pds_of(card, data)


def _offset(data: Data, card: Card) -> dict[str, str]:
    """`a`, and `b` once there are bad cases enough for a slope."""
    odds = odds_of(card, data)
    if int(data.y.sum()) < SLOPE_FROM_BAD:
        return {"a": f"{shrunk_intercept(data.y, odds):f}"}
    a, b = shrunk_line(data.y, odds)
    return {"a": f"{a:f}", "b": f"{b:f}"}


def _ranked_as(row: Scorecard, moved: dict[str, Any]) -> dict[str, Any]:
    """Figures of an offset: it leaves the order alone, and the card may have seen these cases, so
    how well it ranks is what was found of the card itself."""
    ranking = {name: row.metrics[name] for name in _RANKING if name in row.metrics}
    intervals = row.metrics.get("interval", {})
    kept = {name: intervals[name] for name in _RANKING if name in intervals}
    level = {name: value for name, value in moved.items() if name not in {*_RANKING, "oot"}}
    sides = {name: one for name, one in moved["interval"].items() if name not in _RANKING}
    return level | ranking | {"interval": sides | kept}


def _moved(card: Card, offset: dict[str, str]) -> Any:
    a, b = float(offset["a"]), float(offset.get("b", "1"))

    def pds(data: Data) -> Numbers:
        from scipy.special import expit  # noqa: PLC0415 -- slow import

        found: Numbers = expit(-(a + b * odds_of(card, data)))
        return found

    return pds


def _beats(used: Card, earlier: Data, later: Data, *, seed: int) -> dict[str, Any]:
    """What both did on the later cases. Raises OwnCardLoses unless the own card wins."""
    signs = {name: SIGNS[name][0] for name in earlier.columns}
    own = fit_card(earlier, Asked(signs=signs, seed=seed)).card
    if not 0 < later.y.sum() < len(later.y):
        raise TooFewOfAKind(least=1)
    mine, theirs = (quality(later.y, pds_of(card, later)) for card in (own, used))
    off = [abs(log(max(one.pd_ratio, 1e-9))) for one in (mine, theirs)]
    if mine.log_loss >= theirs.log_loss or off[0] > max(off[1], log(RIGHT_RATIO)):
        raise OwnCardLoses(
            log_loss=f"{mine.log_loss:.4f}", log_loss_now=f"{theirs.log_loss:.4f}",
            pd_ratio=f"{mine.pd_ratio:.2f}", pd_ratio_now=f"{theirs.pd_ratio:.2f}",
        )  # fmt: skip
    return {
        "n": mine.n,
        "log_loss": [round(one.log_loss, 6) for one in (mine, theirs)],
        "pd_ratio": [round(one.pd_ratio, 6) for one in (mine, theirs)],
    }


def _enough(cases: Sequence[Case], needed: int) -> None:
    bad = sum(one.label for one in cases)
    if bad < needed:
        raise TooFewCases(bad=bad, needed=needed)


def _in_force() -> Scorecard:
    row: Scorecard | None = Scorecard.objects.filter(status=VersionStatus.CHAMPION).first()
    if row is None:
        raise NoChampion
    return row
