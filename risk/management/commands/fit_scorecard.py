"""`manage.py fit_scorecard --csv FILE --target COL --bad VALUE`: fit and judge a scorecard."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel.errors import DomainError
from risk.domain.canonical import canonical, sha256
from risk.scoring.binners import BINNERS
from risk.scoring.binning import DEFAULT
from risk.scoring.data import Data, read_development
from risk.scoring.fitting import Asked, Fitted, fit_card
from risk.scoring.metrics import Quality, interval, quality
from risk.scoring.validation import choose, cross_validate, mean_of, pds_of, split_by_time

BEST = "best"
SHOWN = ("auc", "ks", "gini", "pd_ratio")
PLACES = 6


class Command(BaseCommand):
    help = "Fit a scorecard on a file of cases, judge it on rows it has not seen, and write it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--csv", type=Path, required=True, help="cases, one a row; may be .gz")
        parser.add_argument("--target", required=True, help="the column of outcomes")
        parser.add_argument("--bad", required=True, help="the outcome that is bad")
        parser.add_argument("--folds", type=int, default=5)
        parser.add_argument("--seed", type=int, default=42)
        parser.add_argument("--out", type=Path, help="where to write the card")
        parser.add_argument("--oot-column", help="orders rows in time; numbers or ISO dates")
        parser.add_argument("--oot-from", help="rows from this value on are held out")
        parser.add_argument("--binner", choices=[*BINNERS, BEST], default=DEFAULT)
        parser.add_argument("--sign", action="append", default=[], metavar="COLUMN=+|-",
                            help="declare that more is safer (+) or riskier (-)")  # fmt: skip
        parser.add_argument("--weight", metavar="COLUMN", help="how many cases a row stands for")
        parser.add_argument("--leave", action="append", default=[], metavar="COLUMN",
                            help="never use this column")  # fmt: skip
        parser.add_argument("--sign-off", action="append", default=[], metavar="COLUMN",
                            help="its provenance was checked")  # fmt: skip
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        began = time.perf_counter()
        try:
            answer, fitted = self._answer(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        answer["seconds"] = round(time.perf_counter() - began, 3)
        if options["out"]:
            _write(options["out"], fitted.body)
        self.stdout.write(json.dumps(answer) if options["as_json"] else _told(answer))

    def _answer(self, options: dict[str, Any]) -> tuple[dict[str, Any], Fitted]:
        data, held_out = _data(options)
        asked = Asked(
            signs=_signs(options["sign"]),
            binner=DEFAULT if options["binner"] == BEST else options["binner"],
            signed_off=frozenset(options["sign_off"]),
            seed=options["seed"],
        )
        if options["binner"] == BEST:
            if data.time is None:
                msg = "--binner best chooses out of time: say --oot-column"
                raise CommandError(msg)
            asked = choose(data, asked)
        found, pds = cross_validate(data, asked, options["folds"])
        fitted = fit_card(data, asked)
        answer: dict[str, Any] = {name: round(mean_of(found, name), PLACES) for name in SHOWN}
        answer |= {
            "folds": [_figures(one) for one in found],
            "interval": interval(data.y, pds, seed=asked.seed),
            "binner": asked.binner,
            "rows": len(data.y),
            "bad": int(data.y.sum()),
            "features": [feature.key for feature in fitted.card.features],
            "left_out": fitted.left_out,
            "card_sha256": sha256(fitted.body),
        }
        if held_out is not None:
            judged = quality(held_out.y, pds_of(fitted.card, held_out))
            answer["oot"] = _figures(judged)
        return answer, fitted


def _data(options: dict[str, Any]) -> tuple[Data, Data | None]:
    column, first = options["oot_column"], options["oot_from"]
    if options["folds"] < 2 or (first is not None and column is None):  # noqa: PLR2004 -- one fold judges nothing
        msg = "--folds must be at least 2, and --oot-from needs --oot-column"
        raise CommandError(msg)
    data = read_development(
        options["csv"], target=options["target"], bad=options["bad"], time=column,
        weight=options["weight"], leave=options["leave"],
    )  # fmt: skip
    if first is None:
        return data, None
    try:
        moment = first if data.time.dtype.kind == "U" else float(first)
    except ValueError:
        msg = f"--oot-from must be a number, as {column} is"
        raise CommandError(msg) from None
    return split_by_time(data, moment)


def _signs(said: list[str]) -> dict[str, int]:
    found = {}
    for one in said:
        column, _, sign = one.rpartition("=")
        if not column or sign not in {"+", "-"}:
            msg = f"--sign must be COLUMN=+ or COLUMN=-, not {one}"
            raise CommandError(msg)
        found[column] = 1 if sign == "+" else -1
    return found


def _figures(one: Quality) -> dict[str, float]:
    return {name: round(value, PLACES) for name, value in asdict(one).items()}


def _write(path: Path, body: dict[str, Any]) -> None:
    """The card in its canonical form, and beside it its hash as `sha256sum -c` reads it."""
    path.write_bytes(canonical(body).encode())
    beside = path.with_name(path.name + ".sha256")
    beside.write_text(f"{sha256(body)}  {path.name}\n")


def _told(answer: dict[str, Any]) -> str:
    lines = [
        f"fold {number}: " + "  ".join(f"{name} {one[name]:.4f}" for name in SHOWN)
        for number, one in enumerate(answer["folds"], start=1)
    ]
    lines.append("mean:   " + "  ".join(f"{name} {answer[name]:.4f}" for name in SHOWN))
    if "oot" in answer:
        lines.append("later:  " + "  ".join(f"{name} {answer['oot'][name]:.4f}" for name in SHOWN))
    lines += [f"left out: {key} ({why})" for key, why in answer["left_out"].items()]
    lines.append(
        f"{len(answer['features'])} features, {answer['rows']:,} rows, {answer['bad']:,} bad, "
        f"binner {answer['binner']}, {answer['seconds']} s"
    )
    lines.append(f"card {answer['card_sha256']}")
    return "\n".join(lines)
