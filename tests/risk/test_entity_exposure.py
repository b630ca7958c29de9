"""The cap of one legal entity over all tenants: one statement, no name, no crowd gets past it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid, SecondPersonNeeded
from platform_app.kernel.tenancy import tenant_scope
from risk.errors import (
    CapChangeDecided,
    CapChangeNotFound,
    CapChangeOpen,
    EntityLimitReached,
    ExposureFull,
    NothingReserved,
    WhyNeeded,
)
from risk.models import EntityCapChange, EntityExposure, ExposureBucket
from risk.operations.entity_caps import decide_entity_cap, propose_entity_cap
from risk.operations.exposure import move, release, reserve
from risk.queries.entities import entity_key
from tests.risk.cast import NOW, install, new_tenant

CODE = "91000000MA0000001R"
SLICE_CAP = 100_000_000


def pool() -> int:
    return sum(ExposureBucket.objects.values_list("used_minor", flat=True))


def out() -> dict[str, int]:
    return dict(EntityExposure.objects.values_list("entity_key", "used_minor"))


def test_the_key_is_a_hash_the_same_for_every_tenant(tenant_id: str) -> None:
    key = entity_key(CODE)
    with tenant_scope(new_tenant("other-test")):
        assert entity_key(f" {CODE.lower()} ") == key
    assert (len(key), CODE in key, entity_key("")) == (64, False, "")
    assert entity_key("91000000MA0000002P") != key


def test_both_are_taken_and_given_back_in_one_statement_each(tenant_id: str) -> None:
    assert tenant_id
    key = entity_key(CODE)
    with CaptureQueriesContext(connection) as queries:
        number = reserve(amount_minor=500, seed="drw_b", entity=key)
    assert (len(queries), number, pool(), out()) == (1, 2, 500, {key: 500})
    reserve(amount_minor=200, seed="drw_b", entity=key)
    assert (pool(), out()) == (700, {key: 700})
    with CaptureQueriesContext(connection) as queries:
        release(slice_no=number, amount_minor=300, entity=key)
    assert (pool(), out()) == (400, {key: 400})
    assert len(queries) == 1
    move(slice_no=number, amount_minor=100, entity=key)
    move(slice_no=number, amount_minor=-450, entity=key)
    move(slice_no=number, amount_minor=0, entity=key)
    assert (pool(), out()) == (50, {key: 50})
    with pytest.raises(NothingReserved):
        release(slice_no=number, amount_minor=51, entity=key)
    with pytest.raises(NothingReserved):
        release(slice_no=number, amount_minor=1, entity=entity_key("91000000MA0000002P"))
    assert (pool(), out()) == (50, {key: 50})


@override_settings(ENTITY_CAP_MINOR=1_000)
def test_the_cap_counts_over_all_tenants_and_says_only_that_it_is_reached(tenant_id: str) -> None:
    key = entity_key(CODE)
    with tenant_scope(new_tenant("other-test")):
        install()
        reserve(amount_minor=700, seed="drw_b", entity=key)
    with tenant_scope(tenant_id):
        with pytest.raises(EntityLimitReached) as refusal:
            reserve(amount_minor=301, seed="drw_b", entity=key)
        assert (str(refusal.value), refusal.value.facts) == ("The limit is reached.", {})
        assert (pool(), out()) == (0, {key: 700})
        reserve(amount_minor=300, seed="drw_b", entity=key)
        reserve(amount_minor=1_000, seed="drw_b", entity=entity_key("91000000MA0000002P"))
        with pytest.raises(EntityLimitReached):
            reserve(amount_minor=1_001, seed="drw_b", entity=entity_key("91000000MA0000003M"))
        reserve(amount_minor=5_000, seed="drw_b")  # nobody's in particular
    assert sorted(out().values()) == [1_000, 1_000]


def test_where_the_pool_is_full_the_entity_is_not_taken(tenant_id: str) -> None:
    assert tenant_id
    key = entity_key(CODE)
    ExposureBucket.objects.exclude(slice_no=5).update(used_minor=SLICE_CAP)
    assert reserve(amount_minor=10, seed="drw_b", entity=key) == 5
    assert out() == {key: 10}
    ExposureBucket.objects.update(used_minor=SLICE_CAP)
    with pytest.raises(ExposureFull) as refusal:
        reserve(amount_minor=10, seed="drw_b", entity=key)
    assert (refusal.type, out()) == (ExposureFull, {key: 10})


OWN: Final[dict[str, Any]] = {
    "registration_no": CODE, "reason": "集中度", "actor": "usr_a", "at": NOW,
}  # fmt: skip


@override_settings(ENTITY_CAP_MINOR=1_000)
def test_an_entity_may_have_a_cap_of_its_own(tenant_id: str) -> None:
    assert tenant_id
    key = entity_key(CODE)
    higher = propose_entity_cap(cap_minor=2_000, **OWN)
    with pytest.raises(EntityLimitReached):
        reserve(amount_minor=1_001, seed="drw_b", entity=key)
    decide_entity_cap(change_id=higher.id, is_approved=True, actor="usr_b", at=NOW)
    reserve(amount_minor=1_500, seed="drw_b", entity=key)
    propose_entity_cap(cap_minor=1_600, **OWN)
    with pytest.raises(EntityLimitReached):
        reserve(amount_minor=101, seed="drw_b", entity=key)
    propose_entity_cap(cap_minor=None, **OWN)
    with pytest.raises(EntityLimitReached):
        reserve(amount_minor=1, seed="drw_b", entity=key)
    assert out() == {key: 1_500}
    told = ("from_minor", "to_minor", "status", "proposed_by", "decided_by")
    assert list(EntityCapChange.objects.order_by("id").values_list(*told)) == [
        (None, 2_000, "in_force", "usr_a", "usr_b"),
        (2_000, 1_600, "in_force", "usr_a", "usr_a"),
        (1_600, None, "in_force", "usr_a", "usr_a"),
    ]


def caps() -> list[Any]:
    return [
        list(kind.objects.order_by("id").values()) for kind in (EntityExposure, EntityCapChange)
    ]


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"registration_no": " "}, Invalid),
        ({"registration_no": CODE[:-1] + "T"}, Invalid),
        ({"cap_minor": -1}, Invalid),
        ({"reason": " "}, WhyNeeded),
        ({"cap_minor": 10**12}, CapChangeOpen),
    ],
)
def test_a_cap_that_is_refused_changes_nothing(
    tenant_id: str, wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    assert tenant_id
    propose_entity_cap(**OWN | {"cap_minor": 10**11})
    before = caps()
    with pytest.raises(refusal), transaction.atomic():
        propose_entity_cap(**OWN | {"cap_minor": 1} | wrong)
    assert caps() == before


def test_a_higher_cap_is_decided_once_by_another_person(tenant_id: str) -> None:
    assert tenant_id
    change = propose_entity_cap(**OWN | {"cap_minor": 10**11})
    before = caps()
    for told, refusal in (
        ({"actor": "usr_a"}, SecondPersonNeeded),
        ({"change_id": "ecc_nobody"}, CapChangeNotFound),
        ({"change_id": ids.new_id("ecc")}, CapChangeNotFound),
    ):
        who = {"change_id": change.id, "is_approved": True, "actor": "usr_b", "at": NOW} | told
        with pytest.raises(refusal), transaction.atomic():
            decide_entity_cap(**who)
    assert caps() == before
    decide_entity_cap(change_id=change.id, is_approved=False, actor="usr_a", at=NOW)
    with pytest.raises(CapChangeDecided):
        decide_entity_cap(change_id=change.id, is_approved=True, actor="usr_b", at=NOW)
    assert EntityExposure.objects.get().cap_minor is None


def test_a_lower_cap_ends_what_was_proposed(tenant_id: str) -> None:
    assert tenant_id
    propose_entity_cap(**OWN | {"cap_minor": 10**11})
    propose_entity_cap(**OWN | {"cap_minor": 5, "actor": "usr_b"})
    told = EntityCapChange.objects.order_by("id").values_list("to_minor", "status", "decided_by")
    assert list(told) == [(10**11, "rejected", "usr_b"), (5, "in_force", "usr_b")]
    assert EntityExposure.objects.get().cap_minor == 5


@pytest.fixture
def crowded(transactional_db: None) -> list[str]:
    both = [new_tenant("crowd-one"), new_tenant("crowd-two")]
    for one in both:
        with tenant_scope(one):
            install()
    return both


@override_settings(ENTITY_CAP_MINOR=1_000)
def test_thirty_two_threads_of_two_tenants_never_pass_the_cap(crowded: list[str]) -> None:
    key = entity_key(CODE)

    def ask(worker: int) -> int:
        taken = 0
        with tenant_scope(crowded[worker % 2]):
            for attempt in range(4):
                try:
                    reserve(amount_minor=70, seed=f"drw_{worker}_{attempt}", entity=key)
                    taken += 1
                except EntityLimitReached:
                    continue
        connection.close()
        return taken

    with ThreadPoolExecutor(32) as pool_of_threads:
        assert sum(pool_of_threads.map(ask, range(32))) == 14
    assert out() == {key: 980}
    total = 0
    for one in crowded:
        with tenant_scope(one):
            total += pool()
    assert total == 980
