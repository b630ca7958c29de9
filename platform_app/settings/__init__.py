"""Settings, one file a concern."""

from platform_app.settings.api import *  # noqa: F403
from platform_app.settings.base import *  # noqa: F403
from platform_app.settings.jobs import *  # noqa: F403
from platform_app.settings.observability import *  # noqa: F403
