"""The arithmetic of the funnel."""

from analytics.domain.metrics import METRICS
from analytics.domain.stages import KEYS, funnel_of


def test_counts_are_cumulative_from_the_far_end() -> None:
    stages = funnel_of({1: 60, 3: 30, 8: 10})

    assert [stage.count for stage in stages] == [100, 40, 40, 10, 10, 10, 10, 10]
    assert [stage.dropped for stage in stages] == [0, 60, 0, 30, 0, 0, 0, 0]
    assert stages[0].share is None
    assert (stages[1].share, stages[3].share) == (0.4, 0.25)
    assert [stage.key for stage in stages if stage.is_biggest_drop] == ["registered"]


def test_a_share_of_fewer_than_thirty_is_thin() -> None:
    stages = funnel_of({1: 1, 2: 29})

    assert [stage.is_thin for stage in stages[:3]] == [False, False, True]


def test_an_empty_funnel_has_no_shares_and_no_biggest_drop() -> None:
    stages = funnel_of({})

    assert [stage.count for stage in stages] == [0] * len(KEYS)
    assert [stage.share for stage in stages] == [None] * len(KEYS)
    assert not any(stage.is_biggest_drop for stage in stages)


def test_every_metric_says_what_it_counts() -> None:
    assert list(METRICS) == [
        "pool", "applications", "approval_rate", "first_use_rate", "outstanding", "overdue_share",
    ]  # fmt: skip
    assert all(metric.definition and metric.numerator for metric in METRICS.values())
