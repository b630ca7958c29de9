"""What the database's planner has to be told."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from django.db import connection, transaction


@contextmanager
def join_by_hashing() -> Iterator[None]:
    """Statements inside join whole sets by hashing, never row by row.

    Of a tenant that came after the tables were last analyzed, the planner expects a row or two,
    and would walk one table for every row of the other: minutes instead of a second.
    """
    with nullcontext() if connection.in_atomic_block else transaction.atomic():
        _set("off")
        yield
        _set("DEFAULT")


def _set(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL enable_nestloop = {value}")
