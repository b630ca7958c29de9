"""Two nights at once reward once; ten visits at once are two merchants of a month of two."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from campaigns.models import Coupon, Referral
from campaigns.operations.daily_referrals import tend_referrals
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.campaigns import invited
from tests.credit import lives


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_each_is_counted_and_rewarded_once(tenant: Tenant, at: datetime) -> None:
    cast = invited.cast_of(tenant, at)
    with tenant_scope(tenant.id):
        crowd = [cast.friend, *(invited.shop(f"D-{number}", at) for number in range(4))]
        first = invited.joined(cast.link, cast.friend, at)
    start = Barrier(8)

    def at_once(act: Callable[[int], Any]) -> Counter[Any]:
        def run(number: int) -> Any:
            try:
                with tenant_scope(tenant.id):
                    start.wait(30)
                    return act(number)
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            return Counter(pool.map(run, range(8)))

    came = at_once(lambda number: invited.joined(cast.link, crowd[1 + number // 2], at).status)
    assert came == {"joined": 2, "refused": 6}
    with tenant_scope(tenant.id):
        assert Counter(Referral.objects.values_list("status", flat=True)) == {
            "joined": 2, "refused": 3,
        }  # fmt: skip
        invited.shipped(cast.friend, at)
        tend_referrals(at=at)
        later = lives.close_until(date(2026, 3, 9))
    assert at_once(lambda _: tend_referrals(at=later)).total() == 8
    with tenant_scope(tenant.id):
        first.refresh_from_db()
        assert (first.status, Coupon.objects.count()) == ("rewarded", 2)
        batches = [first.inviter_coupon.batch, first.invitee_coupon.batch]
        assert [one.granted_count for one in batches] == [1, 1]
