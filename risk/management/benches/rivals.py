"""The second process of `bench scoring`: a program by itself, which needs numpy and the rivals.

Given a file of columns it answers one line of JSON: by library the rows it scores in a second of
its own time, or that it is not installed, or how it failed.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

TRAINED = 20_000
PDO, BASE = 20, 600


def main() -> None:
    with np.load(sys.argv[1]) as held:
        y = held["y"]
        columns = {name[2:]: held[name] for name in held.files if name != "y"}
    answers = {name: _answer(name, measure, columns, y) for name, measure in RIVALS.items()}
    print(json.dumps(answers))  # noqa: T201 -- the answer to whoever started us


def _answer(
    name: str, measure: Callable[[Any, Any], float], columns: dict[str, Any], y: Any
) -> dict[str, Any]:
    try:
        installed = version(name)
    except PackageNotFoundError:
        return {"installed": False}
    import pandas as pd

    try:
        rate = measure(pd.DataFrame(columns), y)
    except Exception as problem:  # noqa: BLE001 -- whatever it is, it is what we report
        return {"failed": f"{installed}: {type(problem).__name__}: {problem}"[:200]}
    return {"version": installed, "rows_per_cpu_second": round(rate)}


def optbinning(frame: Any, y: Any) -> float:
    """`Scorecard.score`: the score only, no PD, no reasons."""
    from optbinning import BinningProcess, Scorecard  # noqa: PLC0415 -- may not be there
    from sklearn.linear_model import LogisticRegression

    card = Scorecard(
        BinningProcess(list(frame.columns)), LogisticRegression(),
        scaling_method="pdo_odds",
        scaling_method_params={"pdo": PDO, "odds": 50, "scorecard_points": BASE},
    ).fit(frame[:TRAINED], y[:TRAINED])  # fmt: skip
    return _rate(lambda: card.score(frame), len(frame))


def scorecardpy(frame: Any, y: Any) -> float:
    """`scorecard_ply`: the score only."""
    import scorecardpy  # noqa: PLC0415 -- may not be there
    from sklearn.linear_model import LogisticRegression

    known = frame[:TRAINED].assign(outcome=y[:TRAINED])
    bins = scorecardpy.woebin(known, y="outcome", no_cores=1)
    encoded = scorecardpy.woebin_ply(known, bins)
    names = [name for name in encoded.columns if name.endswith("_woe")]
    model = LogisticRegression().fit(encoded[names], encoded["outcome"])
    card = scorecardpy.scorecard(bins, model, names)
    some = frame[:TRAINED]
    return _rate(lambda: scorecardpy.scorecard_ply(some, card), len(some))


def shap(frame: Any, y: Any) -> float:
    """Reasons of a gradient boosting by SHAP's tree explainer."""
    import shap  # noqa: PLC0415 -- may not be there
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(random_state=0).fit(frame[:TRAINED], y[:TRAINED])
    explainer = shap.TreeExplainer(model)
    some = frame[:2_000]
    return _rate(lambda: (model.predict_proba(some), explainer.shap_values(some)), len(some))


def _rate(act: Callable[[], Any], rows: int) -> float:
    act()
    seconds = []
    for _ in range(3):
        began = time.process_time()
        act()
        seconds.append(time.process_time() - began)
    return rows / max(sorted(seconds)[1], 1e-9)


RIVALS: dict[str, Callable[[Any, Any], float]] = {
    "optbinning": optbinning, "scorecardpy": scorecardpy, "shap": shap,
}  # fmt: skip

if __name__ == "__main__":
    main()
