"""Floors under every policy: what a funder or the platform asks of all, whatever a tenant says.

A floor only refuses: knock-outs, a largest limit, a worst grade. It is composed into a policy when
that is validated, so that one flat body is stored, hashed and replayed. Its rows come first in
their stage, carry their layer, and have it at the start of their id: a decision's hits say which
layer answered, and the body names the version of each floor in it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from risk.domain.facts import FACT_TYPES
from risk.domain.odds import GRADES
from risk.domain.policy import KNOCK_OUT, OUTCOME
from risk.domain.policy_analysis import analyze_table
from risk.domain.policy_body import parse_table
from risk.errors import InvalidPolicy

FUNDER: Final = "funder"
PLATFORM: Final = "platform"
LAYERS: Final = (FUNDER, PLATFORM)  # in the order in which they apply
_KEYS: Final = {"knock_outs", "max_limit_minor", "min_grade"}
_LONGEST_ID: Final = 24
_CLOSING: Final = {"id": "everybody-else", "when": {}, "then": {}}
_REFUSAL: Final = {"outcome": "decline", "reason": "overall_assessment"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """One floor in force. `funder` is its licence number, empty for the platform's."""

    layer: str
    funder: str
    version: int
    sha256: str
    body: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """What a composed body keeps of it, beside its rows."""
        return {
            "layer": self.layer,
            "funder": self.funder,
            "version": self.version,
            "sha256": self.sha256,
            "max_limit_minor": self.body["max_limit_minor"],
            "min_grade": self.body["min_grade"],
        }


def check_floor(body: Any) -> None:
    """Raises InvalidPolicy for a floor that is none, or that would leave a case open."""
    if not isinstance(body, dict) or set(body) != _KEYS:
        _refuse(f"a floor must have exactly {', '.join(sorted(_KEYS))}")
    cap = body["max_limit_minor"]
    if cap is not None and (type(cap) is not int or cap < 1):
        _refuse("max_limit_minor must be a positive whole number")
    if body["min_grade"] is not None and body["min_grade"] not in GRADES:
        _refuse("min_grade must be a grade")
    if not isinstance(body["knock_outs"], list):
        _refuse("knock_outs must be a list")
    _check_knock_outs(body["knock_outs"])


def _check_knock_outs(knock_outs: list[Any]) -> None:
    rows = parse_table({"name": KNOCK_OUT, "rows": [*knock_outs, _CLOSING]})
    for row in rows[:-1]:
        if row.outcome != "decline":
            _refuse(f"{row.id} may only decline")
        if len(row.id) > _LONGEST_ID:
            _refuse(f"the id {row.id} is too long")
    if any(one.is_blocking for one in analyze_table(KNOCK_OUT, rows, FACT_TYPES)):
        _refuse("a row of the floor is never reached")


def composed(own: Mapping[str, Any], floors: Sequence[Floor]) -> dict[str, Any]:
    """The body with its floors; without any it is the tenant's own, to the byte."""
    if not floors:
        return dict(own)
    ordered = sorted(floors, key=lambda one: (LAYERS.index(one.layer), one.funder))
    extra: dict[str, list[dict[str, Any]]] = {KNOCK_OUT: [], OUTCOME: []}
    for number, floor in enumerate(ordered, 1):
        prefix = floor.layer if floor.layer == PLATFORM else f"{floor.layer}{number}"
        for row in floor.body["knock_outs"]:
            extra[KNOCK_OUT].append({**row, "id": f"{prefix}-{row['id']}", "layer": floor.layer})
        extra[OUTCOME] += _grade_rows(prefix, floor)
    return {
        **own,
        "stages": [
            {**stage, "rows": [*extra.get(stage["name"], []), *stage["rows"]]}
            for stage in own["stages"]
        ],
        "floors": [floor.as_json() for floor in ordered],
    }


def own_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the tenant itself says: the body without any floor."""
    if "floors" not in body:
        return dict(body)
    stages = [
        {**stage, "rows": [row for row in stage["rows"] if "layer" not in row]}
        for stage in body["stages"]
    ]
    rest = {name: value for name, value in body.items() if name != "floors"}
    return rest | {"stages": stages}


def refuse_floors(body: Any) -> None:
    """Raises InvalidPolicy when a draft brings floors of its own, or rows that look like one's."""
    if "floors" in body:
        _refuse("floors are composed, not written")
    for stage in body["stages"]:
        for row in stage["rows"]:
            if "layer" in row or is_of_a_floor(row["id"]):
                _refuse(f"the id {row['id']} is kept for a floor")


def is_of_a_floor(row_id: str) -> bool:
    """Whether an id is one that only rows of floors have."""
    head, _hyphen, _rest = row_id.partition("-")
    return head == PLATFORM or head.rstrip("0123456789") == FUNDER


def _grade_rows(prefix: str, floor: Floor) -> Iterable[dict[str, Any]]:
    """The worst grade a floor allows, as rows of the outcome."""
    grade = floor.body["min_grade"]
    if grade is None or grade == GRADES[-1]:
        return []
    worse = list(GRADES[GRADES.index(grade) + 1 :])
    return [
        {"id": f"{prefix}-{name}", "when": {"grade": cell}, "then": dict(_REFUSAL),
         "layer": floor.layer}
        for name, cell in (("no-grade", {"missing": True}), ("low-grade", {"in": worse}))
    ]  # fmt: skip


def _refuse(problem: str) -> NoReturn:
    raise InvalidPolicy(problem=problem)
