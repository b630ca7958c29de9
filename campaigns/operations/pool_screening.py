"""Pre-screens of the pool: who is worth a word, by the doors, the lists and last night's scores."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from campaigns.domain import pool
from campaigns.domain.pool import Case, Screened
from campaigns.enums import PoolStatus
from campaigns.models import PoolMember
from campaigns.operations.pool_moves import CHUNK, hold_pool, locked, move, write
from credit.enums import LineStatus
from credit.models import CreditLine, Drawdown
from platform_app.kernel import clock
from risk.enums import WatchKind
from risk.queries.facts import prescreen_candidates, trade_facts
from risk.queries.score_runs import current_scores
from risk.queries.watch_list import in_force

_ASKED = (PoolStatus.MATCHED, PoolStatus.PRESCREENED)


def prescreen_pool(*, actor: str, at: datetime) -> int:
    """Pre-screen every member that is matched and not spoken to yet; how many answers changed.

    A chunk is a transaction; begun again after a crash, answers that stand change nothing.
    """
    if not PoolMember.objects.filter(status__in=_ASKED).exists():
        return 0
    passing = frozenset(
        prescreen_candidates(
            as_of=at,
            min_order_count=pool.MIN_ORDERS,
            min_tenure_days=pool.MIN_TENURE_DAYS,
            max_recency_days=pool.MAX_RECENCY_DAYS,
        )
    )
    changed, after = 0, None
    while True:
        count, after = _chunk(after, passing, actor=actor, at=at)
        changed += count
        if after is None:
            return changed


@transaction.atomic
def age_pool(*, actor: str, at: datetime) -> int:
    """Let members sleep that drew nothing for six calendar months, and wake those that did.

    Whoever has no line any more sleeps, whatever it drew before.
    """
    since = clock.moment_on(pool.months_before(clock.day_of(at), pool.DORMANT_MONTHS))
    drawn = Drawdown.objects.filter(
        line__merchant_id=OuterRef("merchant_id"), authorized_at__gte=since
    ).exclude(line__status=LineStatus.CLOSED)
    opened = CreditLine.objects.filter(
        merchant_id=OuterRef("merchant_id"), activated_at__gte=since
    ).exclude(status=LineStatus.CLOSED)
    hold_pool()
    rows = PoolMember.objects.annotate(is_awake=Exists(drawn) | Exists(opened))
    turned = locked(
        rows.filter(
            Q(status=PoolStatus.ACTIVE, is_awake=False)
            | Q(status=PoolStatus.DORMANT, is_awake=True)
        )
    )
    for member in turned:
        sleeps = member.status == PoolStatus.ACTIVE
        move(member, PoolStatus.DORMANT if sleeps else PoolStatus.ACTIVE)
    write(turned, actor=actor, at=at)
    return len(turned)


@transaction.atomic
def _chunk(
    after: str | None, passing: Collection[str], *, actor: str, at: datetime
) -> tuple[int, str | None]:
    """Answer for the next members behind `after`: how many changed, and where to go on."""
    hold_pool()
    rows = PoolMember.objects.filter(status__in=_ASKED)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    members = list(rows.select_for_update().order_by("id")[:CHUNK])
    answers = _answers([str(one.merchant_id) for one in members], passing, at)
    changed = [one for one in members if _apply(one, answers[str(one.merchant_id)], at)]
    write(changed, actor=actor, at=at)
    return len(changed), members[-1].id if len(members) == CHUNK else None


def _answers(
    merchant_ids: Sequence[str], passing: Collection[str], at: datetime
) -> dict[str, Screened]:
    blocked = in_force(clock.day_of(at)).filter(kind=WatchKind.BLOCK, merchant_id__in=merchant_ids)
    on_list = set(blocked.values_list("merchant_id", flat=True))
    facts = trade_facts(merchant_ids=[one for one in merchant_ids if one not in passing], as_of=at)
    scores = current_scores(merchant_ids)
    found = {}
    for one in merchant_ids:
        trade, score = facts.get(one), scores.get(one)
        case = Case(
            order_count=trade.order_count_total if trade else 0,
            tenure_days=trade.tenure_days if trade else None,
            recency_days=trade.recency_days if trade else None,
            passes_doors=one in passing,
            is_blocked=one in on_list,
            outcome=str(score.outcome) if score else "",
            limit_minor=score.limit_minor if score else 0,
        )
        found[one] = pool.prescreen(case)
    return found


def _apply(member: PoolMember, answer: Screened, at: datetime) -> bool:
    """Take over the answer; True when it is another than before."""
    said = (answer.result, answer.reason, answer.limit_minor or None)
    before = (
        str(member.prescreen_result), str(member.prescreen_reason), member.indicative_limit_minor,
    )  # fmt: skip
    if member.status == PoolStatus.PRESCREENED and said == before:
        return False
    move(member, PoolStatus.PRESCREENED)
    member.prescreen_result, member.prescreen_reason = answer.result, answer.reason
    member.indicative_limit_minor = said[2]  # type: ignore[assignment]  # as in the model
    member.prescreened_at = at
    return True
