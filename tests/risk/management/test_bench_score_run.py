"""`bench score_run` checks its own answers: everybody has one, and the same as one by one."""

import pytest
from django.core.management import CommandError

from risk.management.benches.score_run import KNOWN, check
from risk.models import MerchantScore
from tenants.management.benches.crowd import fill
from tenants.models import Merchant, TradeOrder
from tests.risk import score_runs
from tests.risk.cast import NOW


def test_a_crowd_is_scored_and_a_wrong_answer_is_found(tenant_id: str) -> None:
    fill(merchants=120, orders_each=5, known_at=KNOWN)
    assert (Merchant.objects.count(), TradeOrder.objects.count()) == (120, 600)
    night = score_runs.whole(at=NOW)
    check(night, 120)
    assert len(set(night.counts["grade"].values())) > 2
    with pytest.raises(CommandError, match="of 121 merchants"):
        check(night, 121)
    rows = MerchantScore.objects.filter(run_id=night.id)
    rows.filter(outcome="approve").update(limit_minor=1)
    with pytest.raises(CommandError, match="one by one"):
        check(night, 120)
    rows.all()[:1].get().delete()
    with pytest.raises(CommandError, match=r"\(120, 119\)"):
        check(night, 120)
