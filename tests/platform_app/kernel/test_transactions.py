"""A transaction that the database ended for another's sake is run again; nothing else is."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from platform_app.kernel.locks import LockSpace, hold
from platform_app.kernel.transactions import TRIES, retrying
from tests.platform_app.kernel.sql import Neighbor

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_victim_of_a_deadlock_is_run_again() -> None:
    both_hold_one = threading.Barrier(2, timeout=20)
    runs: list[str] = []

    @retrying
    def take(first: str, second: str) -> str:
        runs.append(first)
        hold(LockSpace.AUDIT_CHAIN, first)
        if len(runs) <= 2:  # only the first run of each waits for the other
            both_hold_one.wait()
        hold(LockSpace.AUDIT_CHAIN, second)
        return first

    neighbor = Neighbor(lambda: take("b", "a"))
    assert take("a", "b") == "a"
    assert neighbor.answer() == "b"
    assert sorted(runs) in (["a", "a", "b"], ["a", "b", "b"])


def test_another_failure_is_not() -> None:
    runs = []

    @retrying
    def wrong() -> None:
        runs.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE unique_violation; END $$")

    with pytest.raises(IntegrityError):
        wrong()
    assert len(runs) == 1


def test_inside_another_transaction_it_is_that_ones_to_run_again() -> None:
    runs = []

    @retrying
    def unlucky() -> None:
        runs.append(1)
        with connection.cursor() as cursor:
            cursor.execute("DO $$ BEGIN RAISE deadlock_detected; END $$")

    with pytest.raises(Exception, match="deadlock_detected"), transaction.atomic():
        unlucky()
    assert len(runs) == 1
    with pytest.raises(Exception, match="deadlock_detected"):
        unlucky()
    assert len(runs) == 1 + TRIES
