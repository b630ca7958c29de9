"""`manage.py check_messages`: fail when a msgid in use has no Chinese."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel.messages import missing


class Command(BaseCommand):
    help = "Every msgid in use is translated completely."

    def handle(self, *_: Any, **__: Any) -> None:
        lacking = missing()
        if lacking:
            raise CommandError("No Chinese for:\n" + "\n".join(f"  {msgid}" for msgid in lacking))
