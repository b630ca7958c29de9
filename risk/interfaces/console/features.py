"""特征: what is computed of merchants, in plain words, and how it stood last night. Only read."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from risk.domain import feature_words as words
from risk.domain.features import DECISION_SET
from risk.enums import FeatureUse, ReadingState
from risk.queries.features import FeatureRow, feature_state
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

_TONES: Final = {ReadingState.OK: "good", ReadingState.WATCH: "warn", ReadingState.ALARM: "bad"}


@require_GET
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every definition with the share missing, and how old each source is."""
    found = feature_state()
    context = {
        "features": [_shown(row) for row in found.rows],
        "sources": [
            {"name": _(words.SOURCES[one.subject]), "reading": one, "tone": _tone(one.state)}
            for one in found.ages
        ],
        "night": found.night,
        "known_until": found.known_until,
        "sha256": DECISION_SET.sha256(),
    }
    return render(request, "console/risk/features.html", context)


def _shown(row: FeatureRow) -> dict[str, Any]:
    one = row.feature
    return {
        "key": one.key,
        "version": one.version,
        "label": _(one.label),
        "window": _(words.WINDOWS[one.window]),
        "history": _(words.HISTORIES[one.min_history]),
        "sign": _(words.SIGNS[one.sign]),
        "null": _(words.null_words(one)),
        "first_known": _(words.FIRST_KNOWN[one.first_known]),
        "owner": _(one.owner),
        "uses": " · ".join(str(use.label) for use in FeatureUse if one.may(use)),
        "reading": row.missing,
        "tone": "" if row.missing is None else _tone(row.missing.state),
        "may_be_missing": one.may_be_missing,
    }


def _tone(state: str) -> str:
    return _TONES.get(ReadingState(state), "")
