"""Platforms whose merchants are late, lived once for all tests of a module."""

from copy import copy
from datetime import date, datetime
from functools import partial

import pytest
from django.db import transaction

from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.conftest import lived, platform
from tests.credit import late, lives

APRIL = date(2026, 4, 20)


def _late(count: int, at: datetime) -> Tenant:
    """A platform with this many merchants, each overdue for a day with one order."""
    found = platform(f"late-{count}", at)
    with tenant_scope(found.id):
        for number in range(count):
            late.drawn(f"P{number}", at)
        late.live_until(late.FIRST_OVERDUE)
    return found


@pytest.fixture(scope="module")
def lived_one_late(lasting: transaction.Atomic) -> Tenant:
    return lived(partial(_late, 1))


@pytest.fixture(scope="module")
def lived_three_late(lasting: transaction.Atomic) -> Tenant:
    return lived(partial(_late, 3))


def _april(at: datetime) -> Tenant:
    """Three installments drawn on 2 March; on 20 April the first is overdue, the second runs."""
    found = platform("april", at)
    with tenant_scope(found.id):
        merchant = lives.merchant_with_trade("M-1", at, order_minor=20_000_000)
        lives.drawn(lives.line_of(merchant, at), 900_000, "SO-1", at, term="equal_3")
        lives.close_until(APRIL)
    return found


@pytest.fixture(scope="module")
def lived_april(lasting: transaction.Atomic) -> Tenant:
    return lived(_april)


@pytest.fixture
def april(lived_april: Tenant, db: None) -> Tenant:
    return copy(lived_april)


@pytest.fixture
def one_late(lived_one_late: Tenant, db: None) -> Tenant:
    return copy(lived_one_late)


@pytest.fixture
def three_late(lived_three_late: Tenant, db: None) -> Tenant:
    return copy(lived_three_late)
