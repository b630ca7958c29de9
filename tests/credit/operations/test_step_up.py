"""A thin file's limit steps up after clean bills, by the nightly look and its third at most."""

from datetime import datetime, timedelta

import pytest

from credit.models import CreditLine, LimitReview
from credit.operations.limit_reviews import review_limits
from platform_app.kernel import clock
from risk.models import Decision
from risk.operations.decisions import replay
from tests.credit import lives
from tests.credit.operations.test_limit_reviews import buys, tonight

pytestmark = pytest.mark.usefixtures("inside")


@pytest.mark.parametrize(("bills", "limit_minor"), [(2, 2_000_000), (3, 2_600_000)])
def test_three_bills_paid_on_time_are_a_step(at: datetime, bills: int, limit_minor: int) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at, weeks=16), at)
    assert (line.limit_minor, Decision.objects.get().binding_bound) == (2_000_000, "starter_limit")
    for number in range(bills):
        drawdown = lives.drawn(line, 100_000, f"SO-{number}", at)
        lives.repaid(drawdown, 100_000, f"pay-{number}", at)
    opened = clock.day_of(line.activated_at)
    for week in range(1, 5):
        buys("P1", opened + timedelta(days=7 * week - 1), 2_000_000)
    review_limits(at=tonight(opened + timedelta(days=30)))
    review = LimitReview.objects.select_related("decision").get()
    assert (review.from_minor, review.to_minor) == (2_000_000, limit_minor)
    assert review.decision.bounds["starter_limit"] == (3_000_000 if bills == 3 else 2_000_000)
    assert CreditLine.objects.get(pk=line.pk).limit_minor == limit_minor
    assert replay(review.decision_id)
