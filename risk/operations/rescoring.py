"""One merchant scored again because a fact of it changed, between two nights."""

from datetime import datetime

from django.db import transaction

from platform_app.kernel import clock
from platform_app.kernel.scope import current_tenant_id
from risk.domain.facts import snapshot
from risk.domain.odds import PD_UNITS
from risk.domain.standing import under, with_standing
from risk.domain.verdict import Verdict, judge
from risk.models import MerchantScore, ScoreRun
from risk.queries.champions import champions
from risk.queries.facts import trade_facts
from risk.queries.more_facts import more_facts
from risk.queries.watch_list import listed
from risk.values import RepaymentFacts


@transaction.atomic
def rescore_merchant(
    *, merchant_id: str, repayment: RepaymentFacts, since: datetime, at: datetime
) -> MerchantScore | None:
    """Bring the current run's answer for a merchant up to what is known before `at`.

    An answer of `since` or later stands: that is how a hundred events become one answer. A merchant
    the run does not know joins it. None before the first run. Raises NoChampion.
    """
    run = ScoreRun.objects.filter(is_current=True).values_list("id", "as_of").first()
    if run is None:
        return None
    held = MerchantScore.objects.filter(run_id=run[0], merchant_id=merchant_id)
    row = held.select_for_update().first()
    seen_at = run[1] if row is None or row.rescored_at is None else row.rescored_at
    if row is not None and seen_at > since:
        return row
    verdict = _verdict(merchant_id, repayment, at)
    answer = {
        "score": verdict.score,
        "pd_units": int(verdict.pd * PD_UNITS),
        "grade": verdict.grade,
        "outcome": verdict.outcome,
        "limit_minor": verdict.limit_minor,
        "rate_units": int(verdict.annual_rate * PD_UNITS),
        "reasons": verdict.reasons,
        "rescored_at": at,
    }
    if row is None:
        row, _ = MerchantScore.objects.update_or_create(
            tenant_id=current_tenant_id(), run_id=run[0], merchant_id=merchant_id, defaults=answer
        )
    else:
        MerchantScore.objects.filter(pk=row.pk).update(**answer)
        vars(row).update(answer)
    return row


def _verdict(merchant_id: str, repayment: RepaymentFacts, at: datetime) -> Verdict:
    """As `decide` would answer a pre-screen."""
    used = champions()
    trade = trade_facts(merchant_ids=[merchant_id], as_of=at)[merchant_id]
    more = more_facts([merchant_id], as_of=at)[merchant_id]
    lists = listed([merchant_id], on=clock.day_of(at)).get(merchant_id, [])
    card = used.card.for_tenant(current_tenant_id(), clock.day_of(at))
    stored = with_standing(snapshot(trade, repayment, more), [], lists)
    return under(judge(card, used.policy, trade, repayment, more), stored)
