"""Background work by name, handed over only after the transaction has committed."""

from typing import Any

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = structlog.get_logger(__name__)


def enqueue(task: str, **ids: Any) -> None:
    """Ask a worker to run `task` with these ids (never objects), after commit.

    Losing the broker loses no work: every job is also found by its periodic sweep.
    """
    transaction.on_commit(lambda: _send(task, ids))


def _send(task: str, ids: dict[str, Any]) -> None:
    try:
        current_app.tasks[task].apply_async(kwargs=ids, retry=False)
    except OperationalError as error:
        logger.warning("jobs.broker_unreachable", task=task, error=str(error))
