"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

from platform_app import servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_app.settings")
servers.provide()
application = get_wsgi_application()
