"""`manage.py messages`: bring the zh_Hans catalogue in line with the msgids in use."""

from typing import Any

from django.core.management.base import BaseCommand

from platform_app.kernel.messages import update


class Command(BaseCommand):
    help = "Collect msgids into the zh_Hans catalogue, keeping translations."

    def handle(self, *_: Any, **__: Any) -> None:
        for msgid in update():
            self.stdout.write(f"untranslated: {msgid}")
