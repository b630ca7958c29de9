"""`manage.py score --card card.json --csv FILE --out scored.csv`: score a file of cases."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel.errors import DomainError
from risk.domain.canonical import sha256
from risk.domain.odds import PD_UNITS
from risk.domain.scorecard import CATEGORY, Card
from risk.domain.scorecard_body import parse
from risk.scoring.columns import grades_of, reasons_of, score_columns
from risk.scoring.data import levels, numbers_of, read_texts


class Command(BaseCommand):
    help = "Score every row of a file: the row with its score, PD, grade and reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--card", type=Path, required=True)
        parser.add_argument("--csv", type=Path, required=True)
        parser.add_argument("--out", type=Path, required=True)
        parser.add_argument("--json", action="store_true", dest="as_json")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            card, sha = _card(options["card"])
            frame = read_texts(options["csv"])
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        absent = [one.key for one in card.features if one.key not in frame.columns]
        columns, unread = _columns(card, frame)
        began = time.perf_counter()
        scored = score_columns(card, columns or {"": np.empty(len(frame))})
        reasons = reasons_of(card, scored)
        seconds = time.perf_counter() - began
        frame["score"] = scored.score
        frame["pd"] = [f"{pd / PD_UNITS:.8f}" for pd in scored.pd.tolist()]
        frame["grade"] = grades_of(scored)
        frame["reasons"] = [";".join(codes) for codes in reasons]
        frame.to_csv(options["out"], index=False)
        answer = {
            "rows": len(frame),
            "seconds": round(seconds, 6),
            "rows_per_second": round(len(frame) / seconds) if seconds else 0,
            "mean_pd": round(float(scored.pd.mean()) / PD_UNITS, 8) if len(frame) else None,
            "absent": absent,
            "unread": unread,
            "card_sha256": sha,
        }
        self.stdout.write(json.dumps(answer) if options["as_json"] else _told(answer))


def _card(path: Path) -> tuple[Card, str]:
    """The card of a file, unless its hash stands beside it and is another one."""
    try:
        body = json.loads(path.read_bytes())
    except (OSError, ValueError) as problem:
        msg = f"{path} cannot be read: {problem}"
        raise CommandError(msg) from problem
    card, sha = parse(body), sha256(body)
    beside = path.with_name(path.name + ".sha256")
    if beside.exists() and beside.read_text().split()[:1] != [sha]:
        msg = f"{path} is not the card whose hash stands in {beside.name}"
        raise CommandError(msg)
    return card, sha


def _columns(card: Card, frame: Any) -> tuple[dict[str, Any], dict[str, int]]:
    """The card's columns; a text where a number should be counts as missing, and is counted."""
    columns: dict[str, Any] = {}
    unread: dict[str, int] = {}
    for feature in card.features:
        if feature.key not in frame.columns:
            continue
        if feature.dtype == CATEGORY:
            columns[feature.key] = levels(frame[feature.key])
        else:
            columns[feature.key], count = numbers_of(frame[feature.key])
            if count:
                unread[feature.key] = count
    return columns, unread


def _told(answer: dict[str, Any]) -> str:
    lines = [f"not in the file, so missing everywhere: {key}" for key in answer["absent"]]
    lines += [f"not a number, so missing: {key}, {n} times" for key, n in answer["unread"].items()]
    lines.append(
        f"{answer['rows']:,} rows in {answer['seconds']:.3f} s: "
        f"{answer['rows_per_second']:,} rows/s"
    )
    return "\n".join(lines)
