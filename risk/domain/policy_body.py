"""Reading the JSON body of a policy: the gate before it can be in force.

Each table must end with its only row without conditions, and every fact a table looks at must have
a row for the case that it is missing.
"""

import re
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, Final, NoReturn

from risk.domain import pricing
from risk.domain.cells import decimal, literal, parse_cell
from risk.domain.facts import INTEGER
from risk.domain.features import is_forbidden
from risk.domain.limit import UNSAID, LimitTerms, lifted
from risk.domain.odds import GRADES
from risk.domain.policy import GRADE, OUTCOME, STAGES, PolicyTables, Row, facts_of_stage
from risk.domain.reasons import REASONS
from risk.enums import FeatureUse, Outcome
from risk.errors import InvalidPolicy

_FLOOR_KEYS: Final = {
    "layer", "funder", "version", "sha256", "max_limit_minor", "min_grade",
}  # fmt: skip
_ROW_ID: Final = re.compile(r"[a-z][a-z0-9-]{2,40}")
_POSITIVE: Final = {"dscr", "step_minor", "term_days", "lgd", "full_tenure_days"}
_SHARES: Final = {
    "first_tenure_factor", "financed_share", "margin_rate", "lgd", "estimate_low_share",
    "step_up_share",
}  # fmt: skip


def parse(body: dict[str, Any]) -> PolicyTables:
    """The tables in a body. Raises InvalidPolicy with the first problem found."""
    found = read(body)
    for name, rows in found.stages.items():
        _complete(name, rows)
    return found


def read(body: dict[str, Any]) -> PolicyTables:
    """The tables of a draft, which may leave cases open: to be analyzed, never to be evaluated.

    Raises InvalidPolicy for whatever is not in the language of a policy.
    """
    _keys("policy", body, {"stages", "limit", "price"}, optional={"floors", "term_price"})
    stages = _dicts("stages", body["stages"])
    if [stage.get("name") for stage in stages] != list(STAGES):
        _refuse(f"stages must be {', '.join(STAGES)}")
    tables = {stage["name"]: _table(stage) for stage in stages}
    ids = [row.id for rows in tables.values() for row in rows]
    if len(set(ids)) != len(ids):
        _refuse("a row id appears twice")
    terms = _terms(body["limit"])
    caps = [_floor_cap(floor) for floor in _dicts("floors", body.get("floors", []))]
    cap = min([terms.max_limit_minor, *(cap for cap in caps if cap is not None)])
    return PolicyTables(
        stages=tables,
        limit=replace(terms, max_limit_minor=cap),
        price=_by_grade("price", body["price"]),
        term_price=pricing.parse_table(body["term_price"]) if "term_price" in body else None,
    )


def parse_table(stage: dict[str, Any]) -> tuple[Row, ...]:
    """The rows of one complete stage. Raises InvalidPolicy."""
    rows = _table(stage)
    _complete(stage["name"], rows)
    return rows


def _floor_cap(floor: dict[str, Any]) -> int | None:
    """The most a composed floor lets a limit be."""
    _keys("a floor", floor, _FLOOR_KEYS)
    cap = floor["max_limit_minor"]
    if cap is not None and (not isinstance(cap, int) or isinstance(cap, bool) or cap < 1):
        _refuse("max_limit_minor of a floor must be a positive whole number")
    return cap


def _table(stage: dict[str, Any]) -> tuple[Row, ...]:
    name = stage["name"]
    _keys(name, stage, {"name", "rows"})
    return tuple(_row(name, item) for item in _dicts(name, stage["rows"]))


def _complete(name: str, rows: tuple[Row, ...]) -> None:
    if not rows or [row.id for row in rows if not _limits(row)] != [rows[-1].id]:
        _refuse(f"{name} must end with its only row without conditions")
    looked_at = {fact for row in rows for fact, cell in row.when if cell.kind != "any"}
    covered = {
        fact for row in rows if len(_limits(row)) == 1 for fact in _limits(row)
        if dict(row.when)[fact].kind == "missing"
    }  # fmt: skip
    if looked_at - covered:
        _refuse(f"{name} has no row for a missing {min(looked_at - covered)}")


def _limits(row: Row) -> list[str]:
    return [fact for fact, cell in row.when if cell.kind != "any"]


def _row(stage: str, item: dict[str, Any]) -> Row:
    _keys(f"a row of {stage}", item, {"id", "when", "then"}, optional={"layer"})
    if not isinstance(item["id"], str) or not _ROW_ID.fullmatch(item["id"]):
        _refuse(f"a row of {stage} needs a readable id")
    types = facts_of_stage(stage)
    _dicts(item["id"], [item["when"], item["then"]])
    for fact in item["when"]:
        if is_forbidden(fact, FeatureUse.DECISION):
            _refuse(f"{item['id']} asks for {fact}, which may not be used for decisions")
        if fact not in types:
            _refuse(f"{item['id']} asks for the unknown fact {fact}")
    when = tuple(
        (fact, parse_cell(f"{item['id']}.{fact}", cell, types[fact]))
        for fact, cell in item["when"].items()
    )
    then = item["then"]
    if stage == GRADE:
        return Row(id=item["id"], when=when, grade_at_best=_grade_at_best(item["id"], then))
    outcome = _outcome(item["id"], then, is_last=stage == OUTCOME)
    return Row(
        id=item["id"],
        when=when,
        outcome=outcome,
        reason=then.get("reason"),
        is_small=then.get("size") == "small",
    )


def _grade_at_best(row: str, then: dict[str, Any]) -> str | None:
    if not then:
        return None
    if set(then) != {"grade_at_best"} or then["grade_at_best"] not in GRADES:
        _refuse(f"{row} may only say grade_at_best")
    return str(then["grade_at_best"])


def _outcome(row: str, then: dict[str, Any], *, is_last: bool) -> Outcome | None:
    if not then and not is_last:
        return None
    allowed = [Outcome.DECLINE, Outcome.REFER] + ([Outcome.APPROVE] if is_last else [])
    if then.get("outcome") not in allowed:
        _refuse(f"{row} has no outcome this stage may give")
    outcome = Outcome(then["outcome"])
    if outcome == Outcome.APPROVE:
        if set(then) - {"outcome", "size"} or then.get("size", "small") != "small":
            _refuse(f"{row} may only say size small")
    elif set(then) != {"outcome", "reason"} or then["reason"] not in list(REASONS):
        _refuse(f"{row} needs a known reason")
    return outcome


def _terms(body: dict[str, Any]) -> LimitTerms:
    names = {field.name for field in fields(LimitTerms)}
    _keys("limit", body, names - set(UNSAID), optional=set(UNSAID))
    said = lifted(body)
    terms = LimitTerms(**{f.name: _term(f.name, f.type, said[f.name]) for f in fields(LimitTerms)})
    if terms.first_tenure_days >= terms.full_tenure_days:
        _refuse("full_tenure_days must come after first_tenure_days")
    return terms


def _term(name: str, kind: Any, value: Any) -> Any:
    if name == "months_by_grade":
        return _by_grade(name, value)
    if kind is int:
        number: Any = literal(name, value, INTEGER)
    else:
        number = decimal(name, value) if isinstance(value, str) else _refuse(f"{name} must be text")
    if number < 0 or (number == 0 and name in _POSITIVE):
        _refuse(f"{name} is too small")
    if name in _SHARES and number > 1:
        _refuse(f"{name} is more than the whole")
    return number


def _by_grade(where: str, body: Any) -> dict[str, Decimal]:
    _keys(where, body, set(GRADES))
    found = {}
    for grade, value in body.items():
        if not isinstance(value, str):
            _refuse(f"{where} of {grade} must be text")
        found[grade] = decimal(where, value)
        if found[grade] < 0:
            _refuse(f"{where} of {grade} is negative")
    return found


def _dicts(where: str, found: Any) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        _refuse(f"{where} must be a list of objects")
    return list(found)


def _keys(
    where: str, found: Any, wanted: set[str], optional: frozenset[str] | set[str] = frozenset()
) -> None:
    if not isinstance(found, dict) or set(found) - optional != wanted:
        _refuse(f"{where} must have exactly {', '.join(sorted(wanted))}")


def _refuse(problem: str) -> NoReturn:
    raise InvalidPolicy(problem=problem)
