"""Jobs run in this process."""

import platform_app.celery  # noqa: F401 -- the app the jobs are handed to
import tenants.tasks  # noqa: F401 -- registered, so that they can be called by name
