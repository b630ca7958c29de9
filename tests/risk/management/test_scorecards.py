"""`fit_scorecard` and `score`: from a file to a card, from a card to a scored file."""

import csv
import hashlib
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from risk.domain.canonical import canonical
from risk.domain.odds import GRADES
from risk.domain.scorecard_body import parse
from tests.risk.scoring.cases import GERMAN


def run(name: str, **options: Any) -> str:
    out = StringIO()
    call_command(name, stdout=out, **options)
    return out.getvalue()


def fit(out: Path, **options: Any) -> dict[str, Any]:
    asked = {"csv": GERMAN, "target": "creditability", "bad": "bad", "out": out, "as_json": True}
    found: dict[str, Any] = json.loads(run("fit_scorecard", **asked | options))
    return found


@pytest.fixture(scope="module")
def card(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cards") / "card.json"
    fit(path, folds=2)
    return path


def scored(card: Path, cases: Path, out: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    answer = json.loads(run("score", card=card, csv=cases, out=out, as_json=True))
    with out.open(newline="") as file:
        return answer, list(csv.DictReader(file))


def write(path: Path, *rows: dict[str, Any]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_card_is_fitted_judged_and_written(tmp_path: Path) -> None:
    path = tmp_path / "card.json"
    answer = fit(path)
    assert {"auc", "ks", "gini", "pd_ratio", "folds", "seconds", "card_sha256"} <= set(answer)
    assert len(answer["folds"]) == 5
    for name in ("auc", "ks", "gini", "pd_ratio"):
        assert answer[name] == pytest.approx(sum(f[name] for f in answer["folds"]) / 5, abs=1e-6)
    assert answer["gini"] == pytest.approx(2 * answer["auc"] - 1, abs=1e-6)
    text = path.read_bytes()
    assert hashlib.sha256(text).hexdigest() == answer["card_sha256"]
    assert canonical(json.loads(text)).encode() == text
    beside = (tmp_path / "card.json.sha256").read_text()
    assert beside == f"{answer['card_sha256']}  card.json\n"
    assert fit(tmp_path / "again.json")["card_sha256"] == answer["card_sha256"]


def test_the_same_for_a_reader(tmp_path: Path) -> None:
    lines = run("fit_scorecard", csv=GERMAN, target="creditability", bad="bad", folds=2)
    words = [line.split()[0] for line in lines.splitlines()]
    assert words[:3] == ["fold", "fold", "mean:"]
    assert words[-1] == "card"


def test_a_file_is_scored_with_reasons(card: Path, tmp_path: Path) -> None:
    answer, rows = scored(card, GERMAN, tmp_path / "scored.csv")
    assert (answer["rows"], answer["absent"], answer["unread"]) == (1000, [], {})
    assert answer["card_sha256"] == hashlib.sha256(card.read_bytes()).hexdigest()
    assert answer["mean_pd"] == pytest.approx(0.3, rel=0.01)
    assert list(rows[0])[-4:] == ["score", "pd", "grade", "reasons"]
    assert [row["duration_in_month"] for row in rows[:2]] == ["6", "48"]
    codes = set(parse(json.loads(card.read_bytes())).codes)
    for row in rows:
        reasons = row["reasons"].split(";") if row["reasons"] else []
        assert len(reasons) <= 4
        assert set(reasons) <= codes
        assert row["grade"] in GRADES
    assert "rows/s" in run("score", card=card, csv=GERMAN, out=tmp_path / "again.csv")


def test_what_is_not_known_never_scores_better(card: Path, tmp_path: Path) -> None:
    """Over every column of the card: blank, infinite, not a number, never seen."""
    body = json.loads(card.read_bytes())
    plain = {feature["key"]: "12" if feature["dtype"] == "decimal" else "none"
             for feature in body["features"]}  # fmt: skip
    for feature in body["features"]:
        key = feature["key"]
        known = [str(row["lo"] or "0") for row in body["rows"]
                 if row["feature"] == key and row["kind"] == "numeric"]  # fmt: skip
        known += [level for row in body["rows"] if row["feature"] == key
                  for level in row["levels"] or []]  # fmt: skip
        blind = ["", "inf", "-inf", "NaN", "1e999", "never seen"]
        cases = write(tmp_path / "cases.csv", *(plain | {key: one} for one in [*blind, *known]))
        _, rows = scored(card, cases, tmp_path / "scored.csv")
        best_blind = min(float(row["pd"]) for row in rows[: len(blind)])
        assert best_blind >= max(float(row["pd"]) for row in rows[len(blind) :])


def test_columns_that_are_absent_or_unreadable_are_told(card: Path, tmp_path: Path) -> None:
    cases = write(tmp_path / "cases.csv", {"duration_in_month": "six"}, {"duration_in_month": "6"})
    answer, rows = scored(card, cases, tmp_path / "scored.csv")
    assert answer["unread"] == {"duration_in_month": 1}
    assert "credit_history" in answer["absent"]
    assert float(rows[0]["pd"]) > float(rows[1]["pd"])
    told = run("score", card=card, csv=cases, out=tmp_path / "again.csv")
    assert "not a number, so missing: duration_in_month, 1 times" in told


def test_an_altered_card_is_refused(card: Path, tmp_path: Path) -> None:
    body = json.loads(card.read_bytes())
    copy = tmp_path / "card.json"
    (tmp_path / "card.json.sha256").write_text(f"{'0' * 64}  card.json\n")
    copy.write_text(json.dumps(body))
    out = tmp_path / "scored.csv"
    with pytest.raises(CommandError, match="not the card whose hash"):
        run("score", card=copy, csv=GERMAN, out=out)
    copy.write_text("{")
    with pytest.raises(CommandError, match="cannot be read"):
        run("score", card=copy, csv=GERMAN, out=out)
    copy.write_text(json.dumps(body | {"format": 9}))
    with pytest.raises(CommandError, match="format must be 2"):
        run("score", card=copy, csv=GERMAN, out=out)
    with pytest.raises(CommandError, match="cannot be read"):
        run("score", card=card, csv=tmp_path / "none.csv", out=out)
    assert not out.exists()


def later(tmp_path: Path) -> Path:
    """A hundred cases a month; the amount matters, and matters less from May on."""
    rows = [
        {"month": f"2026-{1 + n // 100:02d}-01", "amount": n * 37 % 100,
         "outcome": "late" if n * 37 % 100 + n * 61 % (150 if n < 400 else 300) > 140 else "paid"}
        for n in range(600)
    ]  # fmt: skip
    return write(tmp_path / "cases.csv", *rows)


def test_later_rows_are_held_out(tmp_path: Path) -> None:
    asked = {"csv": later(tmp_path), "target": "outcome", "bad": "late", "folds": 3}
    answer = fit(tmp_path / "card.json", **asked, oot_column="month", oot_from="2026-05-01")
    assert (answer["rows"], answer["oot"]["n"], answer["features"]) == (400, 200, ["amount"])
    best = fit(tmp_path / "best.json", **asked, oot_column="month", oot_from="2026-05-01",
               binner="best")  # fmt: skip
    assert best["binner"] in {"isotonic", "tree", "quantile"}
    assert run("fit_scorecard", **asked, oot_column="month", oot_from="2026-05-01").count("later:")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"target": "zodiac"}, "there is no column zodiac"),
        ({"bad": "awful"}, "creditability must hold awful and something else"),
        ({"folds": 1}, "--folds must be at least 2"),
        ({"oot_from": "3"}, "--oot-from needs --oot-column"),
        ({"oot_column": "age_in_years", "oot_from": "May"}, "must be a number"),
        ({"oot_column": "age_in_years", "oot_from": "900"}, "nothing on one side"),
        ({"binner": "best"}, "say --oot-column"),
        ({"sign": ["job"]}, "--sign must be COLUMN="),
        ({"csv": Path("none.csv")}, "cannot be read"),
        ({"weight": "zodiac"}, "there is no column zodiac"),
        ({"weight": "job"}, "every row's job must be a number above zero"),
    ],
)
def test_what_cannot_be_fitted_is_refused(
    tmp_path: Path, options: dict[str, Any], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        fit(tmp_path / "card.json", **options)
    assert list(tmp_path.iterdir()) == []


def test_rows_count_for_as_many_cases_as_their_weight_says(tmp_path: Path) -> None:
    rows = [
        {"amount": n % 10, "outcome": "late" if n % 10 + n * 7 % 13 > 15 else "paid",
         "stands_for": 20 if n % 10 > 8 else 1}
        for n in range(600)
    ]  # fmt: skip
    asked = {"csv": write(tmp_path / "cases.csv", *rows), "target": "outcome", "bad": "late"}
    even = fit(tmp_path / "even.json", **asked, folds=2, leave=["stands_for"])
    told = fit(tmp_path / "told.json", **asked, folds=2, weight="stands_for")
    assert (told["rows"], told["features"]) == (even["rows"], ["amount"])
    assert told["card_sha256"] != even["card_sha256"]
    once = [row | {"stands_for": 1} for row in rows]
    same = fit(tmp_path / "same.json", **asked | {"csv": write(tmp_path / "once.csv", *once)},
               folds=2, weight="stands_for")  # fmt: skip
    assert [same[name] for name in ("auc", "pd_ratio")] == [even[n] for n in ("auc", "pd_ratio")]


def test_columns_can_be_left_and_signs_declared(tmp_path: Path) -> None:
    answer = fit(tmp_path / "card.json", folds=2, leave=["purpose"], sign=["duration_in_month=-"])
    assert "purpose" not in answer["features"] + list(answer["left_out"])
    body = json.loads((tmp_path / "card.json").read_bytes())
    signs = {feature["key"]: feature["sign"] for feature in body["features"]}
    assert signs["duration_in_month"] == "-"
