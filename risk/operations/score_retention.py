"""Forgetting the rows of runs that nobody reads or compares with any more; the runs stay."""

from django.db import connection, transaction

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.models import MerchantScore, ScoreChunk

_OLD = """
SELECT r.id FROM risk_scorerun r
JOIN risk_scorerun c ON c.tenant_id = r.tenant_id AND c.is_current
WHERE r.tenant_id = %s::uuid AND r.id < c.id AND r.id IS DISTINCT FROM c.previous_id
  AND EXISTS (SELECT 1 FROM risk_merchantscore m
              WHERE m.tenant_id = r.tenant_id AND m.run_id = r.id)
ORDER BY r.id
"""


def forget_old_scores() -> int:
    """Delete the rows of every run but the current one, the one before it and later ones.

    A transaction per chunk, so that no lock is held long; returns how many rows went.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OLD, [str(ids.to_uuid("tnt", current_tenant_id()))])
        old = [ids.from_uuid("srn", row[0]) for row in cursor.fetchall()]
    return sum(_forget(run_id) for run_id in old)


def _forget(run_id: str) -> int:
    gone = 0
    for first, last in ScoreChunk.objects.filter(run_id=run_id).values_list("first_id", "last_id"):
        rows = MerchantScore.objects.filter(run_id=run_id)
        with transaction.atomic():
            gone += rows.filter(merchant_id__gte=first, merchant_id__lte=last).delete()[0]
    with transaction.atomic():  # those who joined after the run
        return gone + MerchantScore.objects.filter(run_id=run_id).delete()[0]
