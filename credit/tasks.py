"""Background work of credit: called by name, with ids only."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task
from django.db.models import Q

from credit.gateways.bank import connected_bank
from credit.models import BusinessDay
from credit.operations import daily_work, direct_debits, score_runs, signing_pursuit
from credit.operations.breaks import reconcile as compare
from credit.operations.collections import work_collections as work
from credit.operations.flow_matching import match_flows as match
from credit.operations.funding_pursuit import pursue
from credit.operations.limit_reviews import review_limits as look_at_limits
from credit.operations.seasonal_limits import grant_seasonal_limits as grant_for_season
from credit.queries.business_day import open_day
from credit.queries.entity_proofs import entity_checks
from credit.queries.instructions import due_instructions
from credit.queries.signing import due_signatures
from platform_app.kernel import clock, jobs
from platform_app.kernel.tenancy import mode_scope, platform_scope, tenant_scope
from tenants.models import Tenant

logger = structlog.get_logger(__name__)


@shared_task(name="credit.decide_application")
def decide_application(*, tenant_id: str, application_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Decide a submitted application; one that is decided stays as it is."""
    daily_work.ask_and_decide(application_id)


@shared_task(name="credit.decide_applications")
def decide_applications(**_: Any) -> int:
    """Find what a lost broker left: decide submitted applications, end offers that ran out.

    One that is refused (the product may not be sold at the price decided) is logged, stays
    submitted, and holds up nobody else.
    """
    count = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        with tenant_scope(tenant.id), mode_scope(tenant.running):
            count += daily_work.decide_waiting()
    return count


@shared_task(name="credit.expire_asks")
def expire_asks(**_: Any) -> int:
    """End applications whose requests went unanswered, and drafts nobody came back to."""
    count = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        with tenant_scope(tenant.id), mode_scope(tenant.running):
            count += daily_work.end_unanswered(at=clock.now())
    return count


@shared_task(name="credit.close_days")
def close_days(**_: Any) -> int:
    """Find the platforms with a day that is over, and close each in a job of its own.

    So as many close at a time as there are workers, and nobody waits for another. One statement,
    however many platforms are idle. Returns how many were asked for. Virtual tenants' calendars
    are moved by their replay, not by time.
    """
    over = Q(status="closing") | Q(status="open", on__lt=clock.today())
    with platform_scope():
        real = Tenant.objects.filter(is_virtual=False, status="active").values("id")
        late = BusinessDay.objects.filter(over, tenant_id__in=real).order_by("tenant_id")
        tenant_ids = list(late.values_list("tenant_id", flat=True).distinct())
    for tenant_id in tenant_ids:
        close_tenant.apply_async(kwargs={"tenant_id": tenant_id})
    return len(tenant_ids)


@shared_task(name="credit.close_tenant")
def close_tenant(*, tenant_id: str, **_: Any) -> int:
    """Close every business day of one platform that is over, in order; return how many were.

    A close that fails keeps its day *closing*, is logged, and is tried again within the hour.
    """
    closed = 0
    try:
        for _day in daily_work.close_over():
            closed += 1
    except Exception:
        logger.exception("close.failed", tenant=tenant_id)
    return closed


@shared_task(name="credit.prove_entities")
def prove_entities(**_: Any) -> int:
    """Each night: what is out with each legal entity over all tenants is what its bucket says.

    Returns how many are not so, and logs it for whoever is on call.
    """
    with platform_scope():
        broken = sum(entity_checks().values())
    if broken:
        logger.error("exposure.entities_do_not_agree", count=broken)
    return broken


@shared_task(name="credit.match_flows")
def match_flows(*, tenant_id: str, **_: Any) -> int:  # noqa: ARG001 -- opens the scope
    """Match the bank flows of one platform that have not found their place yet."""
    return match(actor="system:reconcile", at=clock.now())


@shared_task(name="credit.reconcile")
def reconcile(**_: Any) -> int:
    """Match bank flows and compare orders, drawdowns and bank of every platform.

    Returns how many breaks were opened. A platform whose run fails is logged and holds up nobody.
    """
    opened = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                opened += compare(actor="system:reconcile", at=clock.now())["opened"]
        except Exception:
            logger.exception("reconcile.failed", tenant=tenant.id)
    return opened


@shared_task(name="credit.send_debit")
def send_debit(*, tenant_id: str, debit_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Send one requested debit to the bank; one that is on its way is left alone."""
    direct_debits.send_debit(debit_id=debit_id, bank=connected_bank(), at=clock.now())


@shared_task(name="credit.ask_debits")
def ask_debits(**_: Any) -> int:
    """Ask the bank how unknown debits ended, and send those whose job was lost."""
    ended = 0
    for tenant in Tenant.objects.filter(status="active").order_by("id"):
        with tenant_scope(tenant.id), mode_scope(tenant.running):
            ended += direct_debits.ask_debits(bank=connected_bank(), at=clock.now())
    return ended


@shared_task(name="credit.work_collections")
def work_collections(**_: Any) -> int:
    """Find what a close that died left: bring each tenant's cases to its open day."""
    return _each_tenant(
        "collections.failed", lambda: work(day=open_day(), at=clock.now())["opened"]
    )


@shared_task(name="credit.review_limits")
def review_limits(**_: Any) -> int:
    """Look at each tenant's limits again; return how many were looked at."""
    return _each_tenant("limits.failed", lambda: sum(look_at_limits(at=clock.now()).values()))


@shared_task(name="credit.grant_seasonal_limits")
def grant_seasonal_limits(**_: Any) -> int:
    """Stretch limits for the season ahead; return how many were."""
    return _each_tenant("seasons.failed", lambda: grant_for_season(at=clock.now()))


@shared_task(name="credit.remind_merchants")
def remind_merchants(**_: Any) -> int:
    """Make today's reminders and send their text messages; return how many went out."""
    return _each_tenant("reminders.failed", daily_work.remind)


@shared_task(name="credit.tell_uncaptured")
def tell_uncaptured(**_: Any) -> int:
    """Tell every platform of orders not captured in time; how many events. Twice tells nothing."""
    return _each_tenant("holds.failed", daily_work.tell_uncaptured)


def _each_tenant(failed: str, work_one: Callable[[], int]) -> int:
    """Do it in each tenant's scope; one that fails is logged and holds up nobody else."""
    count = 0
    for tenant in Tenant.objects.filter(is_virtual=False, status="active").order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                count += work_one()
        except Exception:
            logger.exception(failed, tenant=tenant.id)
    return count


@shared_task(name="credit.pursue_funding")
def pursue_funding(*, tenant_id: str, instruction_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Send a funding instruction, or ask what became of it."""
    pursue(instruction_id=instruction_id)


@shared_task(name="credit.sweep_funding")
def sweep_funding(**_: Any) -> int:
    """Find every instruction whose time has come: never sent, timed out, or left by a crash."""
    with platform_scope():
        due = due_instructions(clock.now())
        for tenant_id, instruction_id in due:
            jobs.enqueue(
                "credit.pursue_funding", tenant_id=tenant_id, instruction_id=instruction_id
            )
    return len(due)


@shared_task(name="credit.pursue_signature")
def pursue_signature(*, tenant_id: str, signature_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Ask a bureau for a signature, or what became of it."""
    signing_pursuit.pursue_signature(signature_id=signature_id)


@shared_task(name="credit.sweep_signatures")
def sweep_signatures(**_: Any) -> int:
    """Find every signature whose time has come: never asked for, timed out, or left by a crash."""
    with platform_scope():
        due = due_signatures(clock.now())
        for tenant_id, signature_id in due:
            jobs.enqueue("credit.pursue_signature", tenant_id=tenant_id, signature_id=signature_id)
    return len(due)


@shared_task(name="credit.score_merchants")
def score_merchants(**_: Any) -> int:
    """Start tonight's score run of each platform; return how many run or ran.

    A platform whose yesterday is not closed yet, or whose run is refused, holds up nobody else.
    """
    return _each_tenant(
        "scores.failed", lambda: score_runs.start_nightly_run(at=clock.now()) is not None
    )


@shared_task(name="credit.score_chunk")
def score_chunk(*, tenant_id: str, run_id: str, number: int, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Score one range of merchants, then ask for the next; a failure counts against the run."""
    try:
        score_runs.do_chunk(run_id=run_id, number=number, at=clock.now())
    except Exception as problem:
        logger.exception("scores.chunk_failed", run=run_id, number=number)
        score_runs.chunk_failed(
            run_id=run_id, number=number, problem=f"{type(problem).__name__}: {problem}",
            at=clock.now(),
        )  # fmt: skip
    else:
        score_runs.go_on(run_id=run_id, number=number, at=clock.now())


@shared_task(name="credit.rescore")
def rescore(*, tenant_id: str, event_id: str, **_: Any) -> None:  # noqa: ARG001 -- opens the scope
    """Score again whom an event is about."""
    score_runs.rescore(event_id=event_id)


@shared_task(name="credit.resume_score_runs")
def resume_score_runs(**_: Any) -> int:
    """Ask again for what a killed worker or a lost broker left of a run; return how many runs.

    One statement for all platforms: where nothing runs, that is all it costs.
    """
    with platform_scope():
        lost = score_runs.lost_runs(at=clock.now())
    for tenant_id, run_id in lost:
        with tenant_scope(tenant_id):
            score_runs.ask_for_chunks(run_id)
    return len(lost)


@shared_task(name="credit.tend_sandboxes")
def tend_sandboxes(**_: Any) -> int:
    """What goes on all day, for sandboxes with a clock, whose time goes on; return how many."""
    count = 0
    rows = Tenant.objects.filter(mode="test", is_virtual=True, status="active")
    for tenant in rows.order_by("id"):
        try:
            with tenant_scope(tenant.id), mode_scope(tenant.running):
                daily_work.run_errands()
        except Exception:
            logger.exception("sandbox.failed", tenant=tenant.id)
        else:
            count += 1
    return count
