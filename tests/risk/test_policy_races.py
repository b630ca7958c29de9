"""Races on real connections: whoever comes second is told so, and one policy is in force."""

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Policy, PolicyApproval
from risk.queries import champions
from tests.risk.cast import install, new_tenant
from tests.risk.policies import ONE, TWO, approve, in_force, revert, shadowed, statuses

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def platform() -> Iterator[str]:
    champions.forget_versions()
    found = new_tenant("race-test")
    with tenant_scope(found):
        install()
    yield found
    champions.forget_versions()


def together(tenant_id: str, acts: list[Callable[[], object]]) -> Counter[str]:
    """Run all acts at the same moment, each on its own connection; count how they ended."""
    start = Barrier(len(acts))

    def run(act: Callable[[], object]) -> str:
        try:
            with tenant_scope(tenant_id):
                start.wait(30)
                act()
        except DomainError as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return Counter(pool.map(run, acts))


def test_two_approvals_at_once_put_it_in_force_once(platform: str) -> None:
    with tenant_scope(platform):
        policy = shadowed()
    ended = together(platform, [lambda: approve(policy, ONE), lambda: approve(policy, TWO)])
    assert ended == {"done": 2}
    with tenant_scope(platform):
        assert statuses() == [(1, "retired"), (2, "champion")]
        assert PolicyApproval.objects.filter(kind="champion").count() == 2


def test_one_person_who_approves_twice_at_once_counts_once(platform: str) -> None:
    with tenant_scope(platform):
        policy = shadowed()
    ended = together(platform, [lambda: approve(policy, ONE)] * 4)
    assert ended == {"done": 1, "OtherPersonNeeded": 3}
    with tenant_scope(platform):
        assert statuses() == [(1, "champion"), (2, "shadow")]


def test_two_reverts_at_once_go_back_once(platform: str) -> None:
    with tenant_scope(platform):
        in_force(80)
        third = in_force(81)
    ended = together(platform, [lambda: revert(third), lambda: revert(third)])
    assert ended == {"done": 1, "PolicyStatus": 1}
    with tenant_scope(platform):
        assert statuses() == [(1, "retired"), (2, "champion"), (3, "retired")]


def test_a_revert_and_the_last_approval_leave_one_in_force(platform: str) -> None:
    with tenant_scope(platform):
        second = in_force(80)
        third = shadowed(81)
        approve(third, ONE)
    ended = together(platform, [lambda: revert(second), lambda: approve(third, TWO)])
    with tenant_scope(platform):
        if ended == {"done": 1, "BackTestNeeded": 1}:
            assert statuses() == [(1, "champion"), (2, "retired"), (3, "shadow")]
        else:
            assert ended == {"done": 1, "PolicyStatus": 1}
            assert statuses() == [(1, "retired"), (2, "retired"), (3, "champion")]
        assert Policy.objects.filter(status="champion").count() == 1
