"""The outbox relay and the event log's upkeep."""

from typing import Any

import structlog
from celery import shared_task
from django.db import transaction

from platform_app.kernel import clock, events
from platform_app.kernel.tenancy import platform_scope, tenant_scope

logger = structlog.get_logger(__name__)
BATCH = 200


@shared_task(name="kernel.relay_dispatches")
def relay_dispatches(**_: Any) -> int:
    """Hand every due dispatch to its consumer; returns how many were handed over."""
    count = 0
    while batch := _relay_batch():
        count += batch
        if batch < BATCH:
            break
    return count


def _relay_batch() -> int:
    with platform_scope():
        due = events.claim_due(limit=BATCH, at=clock.now())
        for dispatch in due:
            events.settle(dispatch, error=_hand_over(dispatch), at=clock.now())
    return len(due)


def _hand_over(dispatch: Any) -> str | None:
    try:
        with transaction.atomic(), tenant_scope(dispatch.tenant_id):
            events.consumer(dispatch.consumer).handle(dispatch.event_id)
    except Exception as error:  # one consumer's failure must not stop the others
        logger.exception(
            "relay.consumer_failed", consumer=dispatch.consumer, event_id=dispatch.event_id
        )
        return f"{type(error).__name__}: {error}"
    return None


@shared_task(name="kernel.ensure_partitions")
def ensure_partitions(**_: Any) -> None:
    """Keep four months of event partitions ahead."""
    events.ensure_partitions()
