"""One key, one effect: replayed, refused for another body, waited out while it runs."""

import threading
from typing import Any

import pytest
from django.db import transaction

from platform_app.kernel import idempotency, ids
from platform_app.kernel.errors import Refused
from platform_app.kernel.idempotency import Answer, InProgress, KeyRequired, KeyReused
from platform_app.kernel.models import IdempotencyRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant, Tenant
from tests.platform_app.kernel.sql import Neighbor

KEY = "order-0001"


def act() -> Answer:
    Merchant.objects.create(external_id=ids.new_id("m"), name="示例店")
    return Answer(201, {"n": Merchant.objects.count()})


def once(key: str = KEY, payload: Any = None, **said: Any) -> Answer:
    facts = {"caller": "key_1", "operation": "POST /x", "act": act, **said}
    return idempotency.once(key=key, payload=payload or {"a": 1, "b": [2]}, **facts)


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
class TestOneCaller:
    def test_a_repetition_gets_the_first_answer_and_does_nothing(self) -> None:
        assert once() == Answer(201, {"n": 1})
        assert once(payload={"b": [2], "a": 1}) == Answer(201, {"n": 1}, replayed=True)
        assert Merchant.objects.count() == 1
        stored = IdempotencyRecord.objects.get()
        assert (stored.caller, stored.operation, stored.key) == ("key_1", "POST /x", KEY)
        assert (stored.status, stored.body) == (201, {"n": 1})

    def test_the_same_key_with_another_body_is_refused(self) -> None:
        once()
        with pytest.raises(KeyReused) as refusal:
            once(payload={"a": 2, "b": [2]})
        assert (refusal.value.status, refusal.value.code) == (422, "idempotency_key_reused")
        assert Merchant.objects.count() == 1

    def test_a_key_belongs_to_a_caller_and_an_operation(self) -> None:
        bodies = [
            once().body, once(caller="key_2").body, once(operation="POST /y").body,
            once(key="order-0002").body,
        ]  # fmt: skip
        assert bodies == [{"n": 1}, {"n": 2}, {"n": 3}, {"n": 4}]

    @pytest.mark.parametrize(
        "key", ["", "short", "x" * 65, "has space", "中文中文中文中文", "abcdefgh\n"]
    )
    def test_a_key_that_is_none(self, key: str) -> None:
        with pytest.raises(KeyRequired) as refusal:
            once(key=key)
        assert (refusal.value.status, refusal.value.field) == (400, "Idempotency-Key")
        assert Merchant.objects.count() == 0

    def test_a_refusal_stores_nothing_and_may_be_sent_again(self) -> None:
        def refuse() -> Answer:
            act()
            raise Refused

        with pytest.raises(Refused):
            once(act=refuse)
        assert (Merchant.objects.count(), IdempotencyRecord.objects.count()) == (0, 0)
        assert once() == Answer(201, {"n": 1})

    def test_a_body_that_is_not_json_stores_nothing(self) -> None:
        def unwritable() -> Answer:
            act()
            return Answer(200, object())

        with pytest.raises(TypeError), transaction.atomic():
            once(act=unwritable)
        assert Merchant.objects.count() == 0


@pytest.mark.django_db
def test_two_tenants_may_use_the_same_key(tenant: Tenant, other_tenant: Tenant) -> None:
    for one in (tenant, other_tenant):
        with tenant_scope(one.id):
            assert once() == Answer(201, {"n": 1})


def test_the_fingerprint_is_of_the_meaning() -> None:
    fingerprint = idempotency.fingerprint
    assert fingerprint({"a": 1, "b": "备"}) == fingerprint({"b": "备", "a": 1})
    assert fingerprint({"a": 1}) != fingerprint({"a": "1"})
    assert fingerprint([1, 2]) != fingerprint([2, 1])


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_the_second_is_told_to_wait(tenant: Tenant) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow() -> Answer:
        answer = act()
        inside.set()
        assert go_on.wait(10)
        return answer

    def first() -> Answer:
        with tenant_scope(tenant.id):
            return once(act=slow)

    running = Neighbor(first)
    assert inside.wait(10)
    with tenant_scope(tenant.id):
        with pytest.raises(InProgress) as refusal:
            once()
        assert (refusal.value.status, refusal.value.code) == (409, "request_in_progress")
        assert once(key="order-0002") == Answer(201, {"n": 1})
        go_on.set()
        assert running.answer() == Answer(201, {"n": 1})
        assert once() == Answer(201, {"n": 1}, replayed=True)
        assert Merchant.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_first_that_fails_leaves_the_key_free(tenant: Tenant) -> None:
    def fails() -> Answer:
        act()
        raise RuntimeError("the worker died")

    def first() -> Answer:
        with tenant_scope(tenant.id):
            return once(act=fails)

    with pytest.raises(RuntimeError, match="the worker died"):
        Neighbor(first).answer()
    with tenant_scope(tenant.id):
        assert once() == Answer(201, {"n": 1})
