"""Tests: the owner's login (tests create databases), jobs in-process, no broker.

pytest loads settings before any conftest, so the servers are brought up here.
"""

from platform_app import servers

servers.provide()

from platform_app.settings import *  # noqa: E402, F403
from platform_app.settings import env  # noqa: E402
from platform_app.settings.base import APP_URL, CACHES, database  # noqa: E402

DATABASES = {"default": database(env.text("DATABASE_OWNER_URL", env.text("DATABASE_URL", APP_URL)))}
CACHES["default"]["LOCATION"] = CELERY_BROKER_URL = REDIS_URL = env.text("REDIS_URL")
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
WEBHOOK_ALLOW_LOCAL = True
