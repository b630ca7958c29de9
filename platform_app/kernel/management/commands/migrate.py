"""`migrate`, then the three nets: a schema without its fences is never a finished migration."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate

from platform_app.kernel.events import ensure_partitions
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.security import secure_database


class Command(DjangoMigrate):
    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner():
            super().handle(*args, **options)
            if not options.get("plan") and not options.get("check_unapplied"):
                ensure_partitions()
                secure_database()
