"""Sandboxes: whose they are, what time it is in them, what a merchant's name asks for."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from django.db.models import Model, OuterRef, QuerySet, Subquery

from platform_app.kernel.scope import Mode, in_test_mode
from platform_app.kernel.tenancy import mode_scope, tenant_scope
from tenants.domain.magic import DECLINED_ENDING, TIMES_OUT_ENDING, word_in
from tenants.enums import MagicWord, TenantMode, TenantStatus
from tenants.errors import ClockNotFound
from tenants.models import Merchant, Tenant, TestClock

M = TypeVar("M", bound=Model)
_MODE: Final = ("mode", "clock_at", "clock_set_at")


def with_mode(rows: QuerySet[M]) -> QuerySet[M]:
    """The rows of a door with the mode of their tenant, in the same statement: see `mode_of`."""
    tenant = Tenant.objects.filter(pk=OuterRef("tenant_id"))
    found: QuerySet[M] = rows.annotate(
        **{f"tenant_{name}": Subquery(tenant.values(name)) for name in _MODE}
    )
    return found


def mode_of(row: Any) -> Mode:
    """The mode of a row of `with_mode`."""
    return Mode(row.tenant_mode == TenantMode.TEST, row.tenant_clock_at, row.tenant_clock_set_at)


@contextmanager
def working_for(tenant_id: str) -> Iterator[None]:
    """A tenant's scope for a job; a sandbox's in its mode, at its clock's moment."""
    rows = Tenant.objects.filter(pk=tenant_id)
    running = next((tenant.running for tenant in rows.only(*_MODE)), Mode())
    with tenant_scope(tenant_id), mode_scope(running):
        yield


def sandbox_of(live_tenant_id: str) -> Tenant | None:
    """The sandbox a platform has at present."""
    return Tenant.objects.filter(live_tenant_id=live_tenant_id, status=TenantStatus.ACTIVE).first()


def sandboxes_count(live_tenant_id: str) -> int:
    """How many sandboxes a platform has had, retired ones too."""
    return Tenant.objects.filter(live_tenant_id=live_tenant_id).count()


def magic_words(merchant_ids: Sequence[str]) -> dict[str, MagicWord]:
    """What the names of these merchants ask for; nothing, and no statement, outside a sandbox."""
    if not in_test_mode():
        return {}
    names = Merchant.objects.filter(pk__in=merchant_ids).values_list("id", "name")
    found = {merchant_id: word_in(name) for merchant_id, name in names}
    return {merchant_id: word for merchant_id, word in found.items() if word is not None}


def magic_word(merchant_id: str) -> MagicWord | None:
    """What the name of this merchant asks for; None outside a sandbox."""
    return magic_words([merchant_id]).get(merchant_id)


def is_declined(amount_minor: int) -> bool:
    """Whether a sandbox's lender takes no order of this many fen."""
    return in_test_mode() and amount_minor % 100 == DECLINED_ENDING


def times_out(amount_minor: int) -> bool:
    """Whether a sandbox's lender pays this many fen without answering."""
    return in_test_mode() and amount_minor % 100 == TIMES_OUT_ENDING


def clock_of_sandbox() -> TestClock | None:
    """The clock of the open scope's sandbox, if it has one."""
    found: TestClock | None = TestClock.objects.first()
    return found


def clocks() -> QuerySet[TestClock]:
    """The clocks of the open scope's platform: one, or none."""
    rows: QuerySet[TestClock] = TestClock.objects.all()
    return rows


def clock_by_id(clock_id: str) -> TestClock:
    """Raises ClockNotFound."""
    try:
        found: TestClock | None = TestClock.objects.filter(pk=clock_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ClockNotFound
    return found
