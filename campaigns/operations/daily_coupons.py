"""What a day does to coupons by itself."""

from datetime import datetime

from campaigns.models import CouponBatch
from campaigns.operations.coupons import recount_batch
from credit.operations.discounts import expire_discounts
from credit.queries.business_day import open_day


def tend_coupons(*, at: datetime) -> int:
    """End what was last valid before the open day, and count every batch anew; how many ended.

    Each step is a transaction of its own: what a crash left is made good the next night.
    """
    ended = expire_discounts(on=open_day(), at=at)
    for batch_id in CouponBatch.objects.order_by("id").values_list("id", flat=True):
        recount_batch(batch_id=batch_id)
    return len(ended)
