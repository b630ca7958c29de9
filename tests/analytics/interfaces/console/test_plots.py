"""Coordinates of the pictures drawn on the server."""

from itertools import pairwise

from analytics.interfaces.console import plots


def test_a_curve_has_its_zero_line_at_the_foot_and_a_dashed_running_month() -> None:
    found = plots.curves([("26-03", [0.0, 0.1, 0.2], True)], width=3)
    (curve,) = found.curves
    assert curve.points == "48.0,210.0 342.0,112.0"
    assert curve.partial == "342.0,112.0 636.0,14.0"
    assert curve.end == (636.0, 14.0)
    assert found.x_ticks == ((48.0, "0"), (342.0, "1"), (636.0, "2"))
    assert found.y_ticks == ((210.0, "0%"), (112.0, "10%"), (14.0, "20%"))


def test_a_cohort_of_one_month_is_a_point() -> None:
    (curve,) = plots.curves([("26-06", [0.0], True)], width=1).curves
    assert (curve.points, curve.partial, curve.end) == ("", "48.0,210.0", (48.0, 210.0))


def test_names_at_the_ends_of_lines_do_not_lie_on_each_other() -> None:
    named = [(str(n), [0.0, value], False) for n, value in enumerate([0.1, 0.1, 0.099, 0.02])]
    heights = sorted(one.label_y for one in plots.curves(named, width=2).curves)
    assert min(b - a for a, b in pairwise(heights)) >= 15


def test_pairs_of_bars_stand_on_the_zero_line() -> None:
    found = plots.pairs(["a", "b"], [0.5, 0.5], [0.25, 0.75])
    assert [(bar["kind"], bar["y"] + bar["height"]) for bar in found.bars] == [
        ("before", 210.0), ("after", 210.0), ("before", 210.0), ("after", 210.0),
    ]  # fmt: skip
    assert [bar["height"] for bar in found.bars] == [130.7, 65.3, 130.7, 196.0]


def test_whiskers_stay_on_their_axis() -> None:
    assert plots.whisker(0.5, -0.1, 1.2, 0.2, top=1.0) == {
        "value": 500, "low": 0, "high": 1000, "limit": 200,
    }  # fmt: skip
    assert (plots.bar(3, 4), plots.bar(0, 0), plots.bar(9, 4)) == (750, 0, 1000)
