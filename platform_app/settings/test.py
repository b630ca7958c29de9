"""Tests: the owner's login (tests create databases), jobs in-process, no broker.

pytest loads settings before any conftest, so the servers are brought up here.
"""

import os

from platform_app import servers

servers.provide()

from platform_app.settings import *  # noqa: E402, F403
from platform_app.settings import env  # noqa: E402
from platform_app.settings.base import APP_URL, CACHES, database  # noqa: E402

DATABASES = {"default": database(env.text("DATABASE_OWNER_URL", env.text("DATABASE_URL", APP_URL)))}
# Each test process empties its cache, so each has a Redis database of its own; jobs run in-process.
_process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
CELERY_BROKER_URL = REDIS_URL = env.text("REDIS_URL").removesuffix("/0") + f"/{1 + int(_process)}"
CACHES["default"]["LOCATION"] = REDIS_URL
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBHOOK_ALLOW_LOCAL = True
CALENDAR_REFRESH_SECONDS = 0  # never: a test counts its queries
FAILURES_PER_MINUTE = 0
API_RATE_PER_SECOND = API_BATCH_RATE_PER_SECOND = 0  # where a test is about it, it says so
