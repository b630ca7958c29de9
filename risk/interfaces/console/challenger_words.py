"""A card and its challenger side by side, and the ladder, as a person reads them."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from risk.domain.ladder import LadderStanding
from risk.enums import Rung
from risk.queries.challengers import Pair
from risk.scoring.comparison import FIGURES, LEAST_OF_A_KIND, Compared, Figure, compare

FIT_WORDS: Final[tuple[tuple[str, Any], ...]] = (
    ("offset", gettext_lazy("Draft an offset")),
    ("own", gettext_lazy("Fit a card of its own")),
    ("challenger", gettext_lazy("Grow a challenger")),
)
_STEPS: Final = (Rung.EXPERT, Rung.POOLED, Rung.OFFSET, Rung.OWN)


def compared_rows(pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """All cards together, then each card that decided any of the cases, the latest first."""
    if not pairs:
        return []
    groups: list[tuple[str, Sequence[Pair]]] = [(_("All cards"), pairs)]
    versions = sorted({one.version for one in pairs}, reverse=True)
    if len(versions) > 1:
        for version in versions:
            words = _("Version %(number)s") % {"number": version}
            groups.append((words, [one for one in pairs if one.version == version]))
    return [_row(words, rows) for words, rows in groups]


def ladder_steps(found: LadderStanding) -> list[dict[str, Any]]:
    """The four rungs: which is stood on, and which the evidence would allow."""
    place, top = _STEPS.index(found.rung), _STEPS.index(found.allowed)
    return [
        {"label": step.label, "is_here": n == place, "is_passed": n < place,
         "is_open": place < n <= top}
        for n, step in enumerate(_STEPS)
    ]  # fmt: skip


def ladder_why(found: LadderStanding) -> str:
    """One sentence: what has matured, and what the next rung asks for."""
    matured = ngettext(
        "%(bad)s bad case of %(all)s has matured here.",
        "%(bad)s bad cases of %(all)s have matured here.",
        found.bad,
    ) % {"bad": found.bad, "all": found.bad + found.good}
    if found.needed_bad is None:
        return _("%(matured)s That is enough for a card of its own, if it wins on later cases.") % {
            "matured": matured
        }
    return _("%(matured)s The next rung asks for %(needed)s.") % {
        "matured": matured, "needed": found.needed_bad,
    }  # fmt: skip


def _row(words: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    y = np.array([one.label for one in pairs], np.int64)
    found = compare(
        y,
        np.array([one.card_pd for one in pairs]),
        np.array([one.challenger_pd for one in pairs]),
        np.array([one.merchant_id for one in pairs]),
    )
    told: dict[str, Any] = {"words": words, "n": len(pairs), "bad": int(y.sum())}
    if found is None:
        return told | {"cells": [], "least": LEAST_OF_A_KIND}
    return told | {"cells": [_cell(found, name) for name in FIGURES]}


def _cell(found: Compared, name: str) -> dict[str, Any]:
    return {
        "card": _figure(found.first[name]),
        "challenger": _figure(found.second[name]),
        "is_better": found.better[name],
    }


def _figure(one: Figure) -> dict[str, str]:
    return {"value": f"{one.value:.3f}", "interval": f"{one.low:.3f} – {one.high:.3f}"}
