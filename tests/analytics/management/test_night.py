"""`manage.py night`: everything a night does, once."""

import json
from datetime import date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.models import EclRun, FeatureSnapshot, ScoreRun
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.django_db


def test_a_night_is_lived_once(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        for number in range(3):
            lives.merchant_with_trade(f"P{number}", at)
        lives.line_of(lives.merchant_with_trade("P3", at), at)
        lives.close_until(date(2026, 3, 4))
    told = []
    with clock.travel(clock.moment_on(date(2026, 3, 4), 3)):
        for _ in range(2):
            out = StringIO()
            call_command("night", tenant="pets", stdout=out)
            told.append(json.loads(out.getvalue()))
    first, second = told
    assert (first["on"], first["snapshots"], first["scored"]) == ("2026-03-03", 4, 4)
    assert (first["expected_loss"], first["alarms"]) == (1, 0)
    assert (second["snapshots"], second["findings"], second["readings"]) == (0, 0, 0)
    assert second["expected_loss"] == 0
    with tenant_scope(tenant.id):
        assert (ScoreRun.objects.count(), EclRun.objects.count()) == (1, 1)
        assert FeatureSnapshot.objects.count() == 4
    with tenant_scope(other_tenant.id):
        assert ScoreRun.objects.count() == 0


def test_nobodys_night() -> None:
    with pytest.raises(CommandError, match="there is no platform nobody"):
        call_command("night", tenant="nobody")
