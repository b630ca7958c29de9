"""Celery: every task opens the scope it names, and takes ids only."""

import os
from collections.abc import Sequence
from typing import Any

from celery import Celery, Task

from platform_app import servers
from platform_app.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_app.settings")
servers.provide()


class ScopedTask(Task):  # type: ignore[type-arg]  # not generic at run time
    """A task called with `tenant_id` runs inside that tenant's scope; without it, in none.

    A sandbox's task runs in its mode, at its clock's moment.
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from platform_app.kernel.tenancy import no_scope  # noqa: PLC0415 -- needs settings
        from tenants.queries.sandboxes import working_for  # noqa: PLC0415 -- needs settings

        tenant_id = kwargs.get("tenant_id")
        with working_for(tenant_id) if tenant_id else no_scope():
            return super().__call__(*args, **kwargs)


app = Celery("baitiao", task_cls=ScopedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
APPS_WITH_TASKS: Sequence[str] = (
    "platform_app.kernel",
    "tenants",
    "risk",
    "credit",
    "campaigns",
    "analytics",
)
app.autodiscover_tasks(list(APPS_WITH_TASKS))
app.conf.beat_schedule = SCHEDULE
