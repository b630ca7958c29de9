"""A stage of a policy as a form: rows and columns that are moved about before anything is kept."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from risk.domain.fact_words import FACT_WORDS
from risk.domain.policy import GRADE, OUTCOME, facts_of_stage
from risk.domain.reasons import REASONS
from risk.interfaces.console.policy_cells import Mistyped, Typed, stored_cell, typed_cell

MOST_FIELDS: Final = 900
_ID: Final = re.compile(r"[a-z][a-z0-9-]{2,40}")
_SMALL: Final = "approve:small"
_MISSING_REASON: Final = "trade_data_missing"


@dataclass(slots=True)
class RowForm:
    """One row as typed. `answer` is an outcome, `approve:small`, a grade, or empty to go on."""

    id: str
    cells: dict[str, Typed] = field(default_factory=dict)
    answer: str = ""
    reason: str = ""
    errors: dict[str, str] = field(default_factory=dict)


class StageForm:
    """The rows of one stage as typed, and what may be done to them."""

    def __init__(self, stage: str, columns: list[str], rows: list[RowForm]) -> None:
        self.stage, self.columns, self.rows = stage, columns, rows
        self.focus = ""
        self.error = ""

    @classmethod
    def of_rows(cls, stage: str, rows: list[dict[str, Any]]) -> "StageForm":
        """The form of what is stored."""
        named = {fact for row in rows for fact in row["when"]}
        columns = [fact for fact in FACT_WORDS if fact in named]
        return cls(
            stage,
            columns,
            [
                RowForm(
                    id=row["id"],
                    cells={fact: typed_cell(fact, row["when"].get(fact)) for fact in columns},
                    answer=_answer(stage, row["then"]),
                    reason=row["then"].get("reason", ""),
                )
                for row in rows
            ],
        )

    @classmethod
    def of_post(cls, stage: str, said: Mapping[str, Any]) -> "StageForm":
        """The form as it was sent; names of facts we do not have are left out."""
        known = facts_of_stage(stage)
        sent = str(said.get("columns", "")).split(",")
        columns = [fact for fact in FACT_WORDS if fact in sent and fact in known]
        count = str(said.get("rows", ""))
        numbers = range(min(int(count), MOST_FIELDS)) if count.isdecimal() else range(0)
        rows = [
            RowForm(
                id=said.get(f"r{n}-id", "").strip(),
                cells={
                    fact: Typed(*(said.get(f"r{n}-{fact}-{part}", "") for part in _PARTS))
                    for fact in columns
                },
                answer=said.get(f"r{n}-answer", ""),
                reason=said.get(f"r{n}-reason", ""),
            )
            for n in numbers
        ]
        return cls(stage, columns, rows)

    def do(self, what: str) -> None:
        """One act on the table: `add:2`, `remove:2`, `up:2`, `down:2`, `column:fact`, …"""
        verb, _colon, about = what.partition(":")
        number = int(about) if about.isdecimal() else -1
        if verb == "add" and number <= len(self.rows):
            self._insert(max(number, 0), RowForm(id=self._free("row")))
        elif verb == "remove" and 0 <= number < len(self.rows):
            del self.rows[number]
            self.focus = f"r{min(number, len(self.rows) - 1)}-id"
        elif verb in {"up", "down"} and 0 <= number < len(self.rows):
            to = min(max(number + (1 if verb == "down" else -1), 0), len(self.rows) - 1)
            self.rows.insert(to, self.rows.pop(number))
            self.focus = f"r{to}-id"
        elif verb == "column":
            self._add_column(about)
        elif verb == "uncolumn" and about in self.columns:
            self.columns.remove(about)
            self.focus = "new-column"
        elif verb == "missing" and about in self.columns:
            self._add_missing_row(about)

    def rows_body(self, taken: Iterable[str]) -> list[dict[str, Any]] | None:
        """The rows as the body writes them; None when something is mistyped, said beside it.

        `taken` are the ids of the other stages' rows.
        """
        used, found, is_whole = set(taken), [], True
        for row in self.rows:
            row.errors = {}
            if not _ID.fullmatch(row.id):
                row.errors["id"] = _("A name of small letters, digits and hyphens, from three on.")
            elif row.id in used:
                row.errors["id"] = _("Another row has this name.")
            used.add(row.id)
            when = self._when(row)
            then = self._then(row)
            is_whole = is_whole and not row.errors and when is not None and then is not None
            found.append({"id": row.id, "when": when, "then": then})
        return found if is_whole else None

    def _when(self, row: RowForm) -> dict[str, Any] | None:
        when: dict[str, Any] = {}
        is_whole = True
        for fact in self.columns:
            cell = row.cells.get(fact, Typed())
            try:
                stored = stored_cell(fact, cell, self.stage)
            except Mistyped as mistake:
                cell.error, is_whole = str(mistake), False
                continue
            if "any" not in stored:
                when[fact] = stored
        return when if is_whole else None

    def _then(self, row: RowForm) -> dict[str, Any] | None:
        if row.answer not in dict(answers_of(self.stage)):
            row.errors["answer"] = _("Choose what this row answers.")
            return None
        if self.stage == GRADE:
            return {"grade_at_best": row.answer} if row.answer else {}
        if row.answer == _SMALL:
            return {"outcome": "approve", "size": "small"}
        if row.answer in {"", "approve"}:
            return {"outcome": "approve"} if row.answer else {}
        if row.reason not in REASONS:
            row.errors["reason"] = _("Choose a reason the merchant may read.")
            return None
        return {"outcome": row.answer, "reason": row.reason}

    def _insert(self, place: int, row: RowForm) -> None:
        if (len(self.rows) + 1) * (len(self.columns) * 3 + 3) > MOST_FIELDS:
            self.error = _("The table is full: take a row or a column away first.")
            return
        row.cells = {fact: row.cells.get(fact, Typed()) for fact in self.columns}
        if self.stage == OUTCOME and not row.answer:
            row.answer, row.reason = "refer", "overall_assessment"
        self.rows.insert(place, row)
        self.focus = f"r{place}-id"

    def _add_column(self, fact: str) -> None:
        if fact not in facts_of_stage(self.stage) or fact in self.columns:
            return
        if len(self.rows) * ((len(self.columns) + 1) * 3 + 3) > MOST_FIELDS:
            self.error = _("The table is full: take a row or a column away first.")
            return
        self.columns = [one for one in FACT_WORDS if one in {*self.columns, fact}]
        for row in self.rows:
            row.cells[fact] = Typed()
        self.focus = f"r0-{fact}-word"

    def _add_missing_row(self, fact: str) -> None:
        """The row that says what happens when the fact is missing, before its first condition."""
        places = [n for n, row in enumerate(self.rows) if row.cells[fact].word != "any"]
        name = self._free(fact.removesuffix("_minor").replace("_", "-") + "-unknown")
        row = RowForm(id=name, cells={fact: Typed("missing")})
        if self.stage == GRADE:
            row.answer = "E"
        else:
            row.answer, row.reason = "decline", _MISSING_REASON
        self._insert(places[0] if places else 0, row)

    def _free(self, name: str) -> str:
        """The name, or the name with the first free number."""
        used = {row.id for row in self.rows}
        if name != "row" and name not in used:
            return name
        return next(one for n in range(1, 1000) if (one := f"{name}-{n}") not in used)


_PARTS: Final = ("word", "low", "high")


def answers_of(stage: str) -> list[tuple[str, str]]:
    """What a row of this stage may say."""
    if stage == GRADE:
        worse = [(grade, _("at best {grade}").format(grade=grade)) for grade in "BCDE"]
        return [("", _("as scored")), *worse]
    refusals = [("decline", _("Declined")), ("refer", _("Manual review"))]
    if stage != OUTCOME:
        return [("", _("goes on")), *refusals]
    return [("approve", _("Approved")), (_SMALL, _("Approved, small size")), *refusals]


def _answer(stage: str, then: Mapping[str, Any]) -> str:
    if stage == GRADE:
        return str(then.get("grade_at_best", ""))
    outcome = str(then.get("outcome", ""))
    return _SMALL if then.get("size") == "small" else outcome
