"""Asking the database itself, past every model."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.postgres.role import as_owner

T = TypeVar("T")


def rows(statement: str, *params: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall()) if cursor.description else []


def one(statement: str, *params: Any) -> Any:
    """The only value of the only row."""
    ((value,),) = rows(statement, *params)
    return value


def tenant_uuid(tenant_id: str) -> str:
    return str(ids.to_uuid("tnt", tenant_id))


@contextmanager
def owner_sees(tables: Sequence[str]) -> Iterator[None]:
    """As the tables' owner, with row-level security off for these tables until the rollback."""
    with as_owner():
        for table in tables:
            rows(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        yield


class Neighbor(Generic[T]):
    """Work on a second real connection, in a thread of its own."""

    def __init__(self, work: Callable[[], T]) -> None:
        self.answers: list[T | BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(work,))
        self._thread.start()

    def _run(self, work: Callable[[], T]) -> None:
        try:
            self.answers.append(work())
        except Exception as error:  # noqa: BLE001 -- handed to whoever waits
            self.answers.append(error)
        finally:
            connection.close()

    @property
    def is_waiting(self) -> bool:
        """Still at it after half a second."""
        self._thread.join(0.5)
        return self._thread.is_alive()

    def answer(self) -> T:
        """What the work returned; raises what it raised."""
        self._thread.join(20)
        (found,) = self.answers
        if isinstance(found, BaseException):
            raise found
        return found
