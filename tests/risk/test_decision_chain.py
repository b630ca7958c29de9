"""The chain of decisions and their replay: whole, unforked, and what tampering shows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.errors import NotFound
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.tenancy import tenant_scope
from risk.models import Decision, Policy
from risk.operations.decisions import first_broken_link, replay
from risk.queries import champions
from tenants.models import Merchant
from tests.risk.cast import (
    NOW,
    ask,
    ask_many,
    crowd,
    install,
    monthly_orders,
    new_tenant,
    place_order,
)


def test_each_record_follows_the_one_before(merchant: Merchant) -> None:
    first = ask(merchant.id)
    second, third = ask_many([merchant.id])[merchant.id], ask(merchant.id)
    rows = list(Decision.objects.order_by("id"))
    assert [row.id for row in rows] == [first.id, second.id, third.id]
    assert [row.previous_hash for row in rows] == ["", first.hash, second.hash]
    assert len({row.hash for row in rows}) == 3
    assert first_broken_link() is None


def test_a_clock_that_runs_ahead_does_not_fork_the_chain(
    merchant: Merchant, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = ids.to_uuid("dec", "dec_7zzzzzzzzze009t0000000000z")
    with monkeypatch.context() as patched:
        patched.setattr(ids, "new_uuid", lambda: ahead)
        first = ask(merchant.id)
    second, third = ask(merchant.id), ask(merchant.id)
    assert [first.id, second.id, third.id] == sorted([first.id, second.id, third.id])
    assert (second.previous_hash, third.previous_hash) == (first.hash, second.hash)
    assert first_broken_link() is None


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("limit_minor", 0),
        ("pd", Decimal("0.00000001")),
        ("annual_rate", Decimal("0.01")),
        ("reasons", []),
        ("facts", {"trade": {}}),
        ("decided_at", NOW + timedelta(days=1)),
        ("previous_hash", "0" * 64),
        ("merchant_id", "mch_01jd0000000000000000000000"),
    ],
)
def test_a_tampered_record_breaks_the_chain(merchant: Merchant, column: str, value: Any) -> None:
    monthly_orders(merchant, 5_000_000)
    rows = [ask(merchant.id) for _ in range(3)]
    tamper(rows[1].id, **{column: value})
    assert first_broken_link() == rows[1].id


def tamper(decision_id: str, **values: Any) -> None:
    """As the tables' owner, past the trigger: what the chain is there to show."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE risk_decision DISABLE TRIGGER append_only")
        cursor.execute("ALTER TABLE risk_decision DISABLE ROW LEVEL SECURITY")
        ((column, value),) = values.items()
        field: Any = Decision._meta.get_field(column)
        stored = field.get_db_prep_save(value, connection)
        cursor.execute(
            f"UPDATE risk_decision SET {column} = %s WHERE id = %s",  # noqa: S608 -- ours
            [stored, str(ids.to_uuid("dec", decision_id))],
        )
        assert cursor.rowcount == 1
        cursor.execute("ALTER TABLE risk_decision ENABLE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE risk_decision ENABLE TRIGGER append_only")


def test_a_missing_record_breaks_the_chain(merchant: Merchant) -> None:
    rows = [ask(merchant.id) for _ in range(3)]
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE risk_decision DISABLE TRIGGER append_only")
        cursor.execute("ALTER TABLE risk_decision DISABLE ROW LEVEL SECURITY")
        cursor.execute(
            "DELETE FROM risk_decision WHERE id = %s", [str(ids.to_uuid("dec", rows[1].id))]
        )
        cursor.execute("ALTER TABLE risk_decision ENABLE ROW LEVEL SECURITY")
        cursor.execute("ALTER TABLE risk_decision ENABLE TRIGGER append_only")
    assert first_broken_link() == rows[2].id


@pytest.mark.parametrize(
    ("column", "value"),
    [("limit_minor", 3_700_000), ("pd", Decimal("0.00533031")), ("reasons", ["few_orders"])],
)
def test_replay_finds_an_answer_the_facts_do_not_give(
    merchant: Merchant, column: str, value: Any
) -> None:
    monthly_orders(merchant, 5_000_000)
    decision = ask(merchant.id)
    assert replay(decision.id) is True
    tamper(decision.id, **{column: value})
    assert replay(decision.id) is False


def test_replay_finds_changed_facts(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    decision = ask(merchant.id)
    facts = deepcopy(decision.facts)
    facts["trade"]["drawn"] = 1
    facts["trade"]["median_order_minor"] += 1
    tamper(decision.id, facts=facts)
    assert replay(decision.id) is False


def test_replay_uses_the_versions_of_the_day(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    decision = ask(merchant.id)
    old = Policy.objects.get()
    Policy.objects.update(status="retired")
    new = install(max_limit_minor=2_000_000)
    assert (new.version, ask(merchant.id).limit_minor) == (2, 2_000_000)
    assert (decision.policy_id, replay(decision.id)) == (old.id, True)
    champions.forget_versions()
    assert replay(decision.id) is True


def test_later_orders_do_not_change_an_old_decision(merchant: Merchant) -> None:
    monthly_orders(merchant, 5_000_000)
    decision = ask(merchant.id)
    place_order(merchant, date(2026, 5, 19), 1, known_at=NOW)
    again = ask(merchant.id, decided_at=NOW + timedelta(days=9))
    assert again.facts_sha256 == decision.facts_sha256
    assert replay(decision.id) is True


def test_replay_of_nothing(merchant: Merchant, tenant_id: str) -> None:
    decision = ask(merchant.id)
    with tenant_scope(new_tenant("other-test")), pytest.raises(NotFound):
        replay(decision.id)
    with tenant_scope(tenant_id), pytest.raises(NotFound):
        replay(ids.new_id("dec"))


@pytest.fixture
def crowded(transactional_db: None) -> Iterator[str]:
    champions.forget_versions()
    found = new_tenant("crowd-test")
    with tenant_scope(found):
        install()
        yield found


def test_sixteen_writers_make_one_chain(crowded: str) -> None:
    wanted = crowd(4)

    def write(worker: int) -> None:
        with tenant_scope(crowded):
            for _ in range(3):
                ask(wanted[worker % 4])
            ask_many(wanted)
        connection.close()

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(write, range(16)))
    assert Decision.objects.count() == 16 * (3 + 4)
    assert first_broken_link() is None
