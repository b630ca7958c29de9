"""A database for one bench, made and dropped: what is committed there need not be undone."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from platform_app.kernel.postgres.role import as_owner


@contextmanager
def scratch_database(name: str) -> Iterator[None]:
    """Everything inside happens in the new database `name`."""
    kept = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)  # type: ignore[deprecated]  # an argument we leave out
    try:
        yield
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


def vacuum() -> None:
    """What the server does by itself within a minute of real work. Only the tables' owner may."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
