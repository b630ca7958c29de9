"""Test databases are made and dropped by the tables' owner, whatever role the tests then take.

Migrating takes half a minute. It is done once for each state of the migrations, into a template;
every test database is a copy of that and migrated from there, which finds nothing to do.
"""

import hashlib
from pathlib import Path
from typing import Any, Final

import django
from django.apps import apps
from django.db.backends.postgresql import creation

from platform_app.kernel.postgres.role import as_owner

_PREFIX: Final = "baitiao_template_"


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        with as_owner():
            self.connection.settings_dict["TEST"]["TEMPLATE"] = self._template()
            return super().create_test_db(*args, **kwargs)  # type: ignore[deprecated]  # passed on as it came

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        with as_owner():
            super().destroy_test_db(*args, **kwargs)

    def _template(self) -> str:
        """The migrated database to copy; the first process to ask makes it, the others wait."""
        name = f"{_PREFIX}{_migrations_hash()}"
        with self.connection._nodb_cursor() as cursor:  # noqa: SLF001 -- Django's own way to a server
            cursor.execute("SET lock_timeout = 0")  # migrating takes longer than any request may
            cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [_PREFIX])
            cursor.execute(
                "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [_PREFIX]
            )
            present = {row[0] for row in cursor.fetchall()}
            if name not in present:
                for old in present:
                    cursor.execute(f'DROP DATABASE "{old}"')
                self._migrate(f"{name}_new")
                cursor.execute(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
        return name

    def _migrate(self, name: str) -> None:
        settings = self.connection.settings_dict
        kept, wanted = settings["NAME"], settings["TEST"]["NAME"]
        settings["TEST"] |= {"NAME": name, "TEMPLATE": None}
        super().create_test_db(verbosity=0, serialize=False)  # type: ignore[deprecated]  # an argument we leave out
        self.connection.close()
        settings["NAME"] = kept
        settings["TEST"]["NAME"] = wanted


def _migrations_hash() -> str:
    told = hashlib.sha256(django.__version__.encode())
    for app in apps.get_app_configs():
        for path in sorted((Path(app.path) / "migrations").glob("*.py")):
            told.update(f"{app.label}/{path.name}".encode() + path.read_bytes())
    return told.hexdigest()[:12]
