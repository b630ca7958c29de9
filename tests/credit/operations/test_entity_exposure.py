"""One legal entity at two platforms: its exposure follows every drawdown, and the proof says so."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection
from django.test import override_settings

from credit.models import CreditLine, Drawdown, Hold, LoanEvent
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.quotes import make_quotes
from credit.operations.servicing import Act, refund_drawdown, reverse_event
from credit.queries.business_day import open_day
from credit.queries.entity_proofs import entity_checks
from credit.queries.proofs import full_checks
from credit.tasks import prove_entities
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from risk.errors import EntityLimitReached
from risk.models import EntityExposure
from tenants.models import Tenant
from tests.credit import lives


def used() -> list[int]:
    return list(EntityExposure.objects.order_by("id").values_list("used_minor", flat=True))


def agrees() -> bool:
    with platform_scope():
        return entity_checks() == {"entities_agree": 0}


def line_at(tenant: Tenant, at: datetime) -> CreditLine:
    """The same firm at any platform: the sample's credit code follows from its number."""
    with tenant_scope(tenant.id):
        return lives.line_of(lives.merchant_with_trade("P1", at), at)


def act(drawdown: Drawdown, key: str, at: datetime) -> Act:
    return Act(drawdown_id=drawdown.id, external_id=key, actor="x", at=at)


@pytest.mark.django_db
def test_it_follows_a_drawdown_through_its_life(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    lines = [line_at(one, at) for one in (tenant, other_tenant)]
    with tenant_scope(tenant.id):
        first = lives.authorized(lines[0], 100_000, "SO-1", at)
        assert used() == [100_000]
        held = lives.authorized(lines[0], 30_000, "SO-2", at)
        assert used() == [130_000]
        cancel_drawdown(drawdown_id=held.id, actor="x", at=at)
        assert used() == [100_000]
        capture_drawdown(
            drawdown_id=first.id, amount_minor=60_000, external_id="s1", is_final=False,
            actor="x", at=at,
        )  # fmt: skip
        assert used() == [100_000]
        cancel_drawdown(drawdown_id=first.id, actor="x", at=at)
        assert used() == [60_000]
        lives.repaid(first, 20_000, "pay-1", at)
        assert used() == [40_000]
        refund_drawdown(act(first, "refund-1", at), amount_minor=5_000)
        assert used() == [35_000]
        paid = LoanEvent.objects.get(drawdown=first, kind="repayment")
        reverse_event(act(first, "undo-1", at), event_id=paid.id)
        assert used() == [55_000]
        key = Hold.objects.get(drawdown=first).entity_key
        assert not any(full_checks(accrued_through=open_day()).values())
    assert agrees()
    with tenant_scope(other_tenant.id):
        lives.drawn(lines[1], 70_000, "SO-1", at)
        assert (used(), Hold.objects.get().entity_key) == ([125_000], key)
    assert agrees()


@pytest.mark.django_db
@override_settings(ENTITY_CAP_MINOR=150_000)
def test_what_another_platform_lends_counts_and_is_not_told(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    lines = [line_at(one, at) for one in (tenant, other_tenant)]
    with tenant_scope(other_tenant.id):
        lives.drawn(lines[1], 100_000, "SO-1", at)
    with tenant_scope(tenant.id):
        with pytest.raises(EntityLimitReached) as refusal:
            lives.authorized(lines[0], 50_001, "SO-1", at)
        assert (str(refusal.value), refusal.value.facts) == ("The limit is reached.", {})
        line = CreditLine.objects.get(pk=lines[0].pk)
        assert (line.held_minor, Drawdown.objects.count(), used()) == (0, 0, [100_000])
        lives.authorized(lines[0], 50_000, "SO-1", at)
    assert agrees()


@pytest.mark.django_db
def test_a_bucket_that_was_touched_is_found(tenant: Tenant, at: datetime) -> None:
    line = line_at(tenant, at)
    with tenant_scope(tenant.id):
        lives.authorized(line, 100_000, "SO-1", at)
    assert prove_entities() == 0
    EntityExposure.objects.update(used_minor=99_999)
    assert (prove_entities(), agrees()) == (1, False)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@override_settings(ENTITY_CAP_MINOR=1_000_000)
def test_32_drawdowns_of_one_firm_at_two_platforms_never_pass_its_cap(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    both, quotes = (tenant, other_tenant), []
    for one in both:
        line = line_at(one, at)
        with tenant_scope(one.id):
            quotes += [
                (one, line, make_quotes(
                    line_id=line.id, amount_minor=70_000, order_no=f"SO-{n}",
                    option_codes=["bullet_30"], at=at,
                )[0])
                for n in range(16)
            ]  # fmt: skip
    start = Barrier(len(quotes))

    def draw(n: int) -> Callable[[], str]:
        owner, line, quote = quotes[n]

        def run() -> str:
            try:
                with tenant_scope(owner.id):
                    start.wait(30)
                    request_drawdown(
                        line_id=line.id, quote_id=quote.id, external_id=f"SO-{n}", actor="x", at=at
                    )
            except EntityLimitReached:
                return "reached"
            finally:
                connection.close()
            return "done"

        return run

    with ThreadPoolExecutor(len(quotes)) as pool:
        ended = list(pool.map(lambda one: one(), [draw(n) for n in range(32)]))
    assert (ended.count("done"), ended.count("reached"), used()) == (14, 18, [980_000])
    assert agrees()
    for one in both:
        with tenant_scope(one.id):
            assert not any(full_checks(accrued_through=open_day()).values())
