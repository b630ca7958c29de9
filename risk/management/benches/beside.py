"""optbinning, scorecardpy and SHAP over the same columns, in a process of their own.

They are the optional group `modelling`. `MODELLING_PYTHON` names the interpreter of an environment
that has them when this one does not; where there is none, the answer says so.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

import numpy as np

MOST_ROWS: Final = 200_000
MOST_SECONDS: Final = 300


def measured(columns: dict[str, Any], pd: Any, ours: float) -> dict[str, Any]:
    """By library: its rows per second of its own time and how many times as fast we are.

    `pd` gives the made-up outcomes their probabilities.
    """
    random = np.random.default_rng(21)
    rows = slice(0, min(len(pd), MOST_ROWS))
    y = (random.random(len(pd[rows])) < pd[rows]).astype(int)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cases.npz"
        np.savez(path, y=y, **{f"x_{key}": column[rows] for key, column in columns.items()})
        found = _asked(path)
    return {
        name: answer
        | ({"ratio": round(ours / answer["rows_per_cpu_second"], 2)} if len(answer) > 1 else {})
        for name, answer in found.items()
    }


def _asked(path: Path) -> dict[str, dict[str, Any]]:
    program = os.environ.get("MODELLING_PYTHON", sys.executable)
    command = [program, "-W", "ignore", str(Path(__file__).with_name("rivals.py")), str(path)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        return {"process": {"failed": (done.stderr.splitlines() or ["no answer"])[-1]}}
    answer: dict[str, dict[str, Any]] = json.loads(lines[-1])
    return answer
