"""The web process, for an ASGI server."""

import os

from django.core.asgi import get_asgi_application

from platform_app import servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_app.settings")
servers.provide()
application = get_asgi_application()
