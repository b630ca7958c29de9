"""`flush` for tests on real connections: as the tables' owner, sparing reference data."""

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from platform_app.kernel.postgres.role import as_owner


class Command(BaseCommand):
    help = "Empty every table except reference data (models that say `is_reference`)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--noinput", "--no-input", action="store_false", dest="interactive")
        parser.add_argument("--database", default="default")
        parser.add_argument("--reset-sequences", action="store_true", dest="reset_sequences")
        parser.add_argument("--allow-cascade", action="store_true", dest="allow_cascade")
        parser.add_argument("--inhibit-post-migrate", action="store_true")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["interactive"]:
            answer = input(f"This empties {connection.settings_dict['NAME']}. Type 'yes': ")
            if answer != "yes":
                return
        kept = {
            model._meta.db_table
            for model in apps.get_models()
            if getattr(model, "is_reference", False)
        } | {"django_content_type", "auth_permission"}
        tables = [
            f'"{table}"'
            for table in connection.introspection.django_table_names(
                only_existing=True, include_views=False
            )
            if table not in kept
        ]
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join([*tables, 'kernel_event'])} CASCADE")
