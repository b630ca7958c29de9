"""Advisory locks: one holder, freed with the transaction, spaces apart."""

import pytest
from django.db import transaction

from platform_app.kernel.locks import LockSpace, hold, try_hold
from tests.platform_app.kernel.sql import Neighbor

pytestmark = pytest.mark.django_db(transaction=True)


def attempt(space: LockSpace, name: str) -> bool:
    with transaction.atomic():
        return try_hold(space, name)


def test_a_lock_has_one_holder_until_the_end_of_the_transaction() -> None:
    with transaction.atomic():
        hold(LockSpace.AUDIT_CHAIN, "a")
        assert try_hold(LockSpace.AUDIT_CHAIN, "a")
        assert Neighbor(lambda: attempt(LockSpace.AUDIT_CHAIN, "a")).answer() is False
        assert Neighbor(lambda: attempt(LockSpace.AUDIT_CHAIN, "b")).answer() is True
        assert Neighbor(lambda: attempt(LockSpace.BUSINESS_DAY, "a")).answer() is True
    assert Neighbor(lambda: attempt(LockSpace.AUDIT_CHAIN, "a")).answer() is True


def test_a_rollback_frees_it_and_the_next_in_line_gets_it() -> None:
    def wait() -> str:
        with transaction.atomic():
            hold(LockSpace.DECISION_CHAIN, "a")
            return "mine"

    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 -- ended by it
        hold(LockSpace.DECISION_CHAIN, "a")
        waiting = Neighbor(wait)
        assert waiting.is_waiting
        raise RuntimeError
    assert waiting.answer() == "mine"


def test_every_space_has_a_number_of_its_own() -> None:
    assert len({space.value for space in LockSpace}) == len(LockSpace.__members__)
