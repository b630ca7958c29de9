"""Test databases are made and dropped by the tables' owner, whatever role the tests then take."""

from typing import Any

from django.db.backends.postgresql import creation

from platform_app.kernel.postgres.role import as_owner


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        with as_owner():
            return super().create_test_db(*args, **kwargs)  # type: ignore[deprecated]  # passed on as it came

    def destroy_test_db(self, *args: Any, **kwargs: Any) -> None:
        with as_owner():
            super().destroy_test_db(*args, **kwargs)
