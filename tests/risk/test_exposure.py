"""The exposure pool: refusals move nothing, and no crowd gets past the cap."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from platform_app.kernel.errors import Invalid
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.exposure import SLICES, slice_of
from risk.errors import ExposureFull, NothingReserved
from risk.models import ExposureBucket
from risk.operations.exposure import release, reserve
from tests.risk.cast import install, new_tenant

SLICE_CAP = 100_000_000


def used() -> list[int]:
    return list(ExposureBucket.objects.order_by("slice_no").values_list("used_minor", flat=True))


def only(**slices: int) -> list[int]:
    return [slices.get(f"s{number}", 0) for number in range(SLICES)]


def test_the_seed_chooses_the_slice_in_one_statement(tenant_id: str) -> None:
    assert tenant_id
    with CaptureQueriesContext(connection) as queries:
        assert reserve(amount_minor=500, seed="drw_b") == slice_of("drw_b") == 2
    assert len(queries) == 1
    assert used() == only(s2=500)


def test_a_full_slice_falls_to_the_next_with_room(tenant_id: str) -> None:
    assert tenant_id
    for number in (2, 3):
        ExposureBucket.objects.filter(slice_no=number).update(used_minor=SLICE_CAP)
    with CaptureQueriesContext(connection) as queries:
        assert reserve(amount_minor=1, seed="drw_b") == 4
    assert len(queries) == 2
    assert used() == only(s2=SLICE_CAP, s3=SLICE_CAP, s4=1)


def test_the_turn_wraps_around(tenant_id: str) -> None:
    assert tenant_id
    ExposureBucket.objects.exclude(slice_no=1).update(used_minor=SLICE_CAP)
    assert reserve(amount_minor=SLICE_CAP, seed="drw_b") == 1


def test_no_room_anywhere(tenant_id: str) -> None:
    assert tenant_id
    ExposureBucket.objects.update(used_minor=SLICE_CAP - 1)
    with pytest.raises(ExposureFull) as refusal:
        reserve(amount_minor=2, seed="drw_b")
    assert refusal.value.facts == {"amount_minor": 2}
    assert used() == [SLICE_CAP - 1] * SLICES


def test_a_second_platforms_pool_is_no_help(tenant_id: str) -> None:
    with tenant_scope(new_tenant("other-test")):
        install()
    with tenant_scope(tenant_id):
        ExposureBucket.objects.update(used_minor=SLICE_CAP)
        with pytest.raises(ExposureFull):
            reserve(amount_minor=1, seed="drw_b")


def test_without_a_pool_nothing_goes_out(db: None) -> None:
    with tenant_scope(new_tenant("poolless-test")), pytest.raises(ExposureFull):
        reserve(amount_minor=1, seed="drw_b")


def test_release_gives_back(tenant_id: str) -> None:
    assert tenant_id
    number = reserve(amount_minor=500, seed="drw_b")
    release(slice_no=number, amount_minor=200)
    assert used() == only(s2=300)
    with pytest.raises(NothingReserved):
        release(slice_no=number, amount_minor=301)
    with pytest.raises(NothingReserved):
        release(slice_no=99, amount_minor=1)
    assert used() == only(s2=300)


@pytest.mark.parametrize("amount_minor", [0, -1])
def test_amounts_are_positive(tenant_id: str, amount_minor: int) -> None:
    assert tenant_id
    with pytest.raises(Invalid):
        reserve(amount_minor=amount_minor, seed="drw_b")
    with pytest.raises(Invalid):
        release(slice_no=2, amount_minor=amount_minor)
    assert used() == only()


@pytest.fixture
def crowded(transactional_db: None) -> Iterator[str]:
    found = new_tenant("crowd-test")
    with tenant_scope(found):
        install(16_000)
        yield found


def test_thirty_two_threads_never_pass_the_cap(crowded: str) -> None:
    """32 × 8 requests of 70 fen where 16 slices of 1,000 have room for 14 each: 224 of 256."""

    def ask(worker: int) -> list[int]:
        taken = []
        with tenant_scope(crowded):
            for attempt in range(8):
                try:
                    taken.append(reserve(amount_minor=70, seed=f"drw_{worker}_{attempt}"))
                except ExposureFull:
                    continue
        connection.close()
        return taken

    with ThreadPoolExecutor(32) as pool:
        taken = [number for numbers in pool.map(ask, range(32)) for number in numbers]
    assert len(taken) == 224
    assert used() == [980] * SLICES
    assert sorted(taken) == sorted(list(range(SLICES)) * 14)
    for number in taken:
        release(slice_no=number, amount_minor=70)
    total: dict[str, Any] = ExposureBucket.objects.aggregate(Sum("used_minor"))
    assert total == {"used_minor__sum": 0}
