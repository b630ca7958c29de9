"""Installing the defaults: complete, once, refused whole."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel.models import AuditRecord
from platform_app.kernel.postgres.role import as_owner
from platform_app.kernel.tenancy import tenant_scope
from risk.domain.canonical import sha256
from risk.domain.exposure import SLICES
from risk.errors import InvalidPolicy, InvalidScorecard, NoChampion
from risk.models import ExposureBucket, Policy, Scorecard
from risk.queries import champions
from tests.platform_app.kernel import sql
from tests.risk.cast import install, new_tenant


def test_card_policy_and_pool_are_in_force(tenant_id: str) -> None:
    card, policy = Scorecard.objects.get(), Policy.objects.get()
    assert (card.version, card.status, card.sha256) == (1, "champion", sha256(card.body))
    assert (policy.version, policy.status, policy.sha256) == (1, "champion", sha256(policy.body))
    assert policy.body["limit"]["financed_share"] == "0.7"
    buckets = ExposureBucket.objects.order_by("slice_no")
    assert [(b.name, b.slice_no, b.cap_minor, b.used_minor) for b in buckets] == [
        ("tenant_pool", number, 100_000_000, 0) for number in range(SLICES)
    ]
    assert list(AuditRecord.objects.order_by("position").values_list("action", "subject")) == [
        ("risk.scorecard.install", card.id),
        ("risk.policy.install", policy.id),
    ]
    assert card.tenant_id == tenant_id


def test_a_second_call_changes_nothing(tenant_id: str) -> None:
    first = Policy.objects.get()
    assert install(5, max_limit_minor=7).id == first.id
    assert (Policy.objects.get().body, Policy.objects.get().tenant_id) == (first.body, tenant_id)
    assert Scorecard.objects.count() == 1
    assert ExposureBucket.objects.filter(cap_minor=100_000_000).count() == SLICES
    assert AuditRecord.objects.count() == 2


def test_a_cap_that_does_not_divide_loses_no_fen(db: None) -> None:
    with tenant_scope(new_tenant("uneven-test")):
        install(1_000_001)
        caps = list(ExposureBucket.objects.order_by("slice_no").values_list("cap_minor", flat=True))
        assert (sum(caps), max(caps) - min(caps)) == (1_000_001, 1)


def test_figures_that_make_no_policy_leave_nothing_behind(db: None) -> None:
    with tenant_scope(new_tenant("wrong-test")):
        with pytest.raises(InvalidPolicy) as refusal:
            install(margin_rate=Decimal(2))
        assert refusal.value.facts == {"problem": "margin_rate is more than the whole"}
        tables = (Scorecard, Policy, ExposureBucket, AuditRecord)
        assert [model.objects.count() for model in tables] == [0, 0, 0, 0]
        with pytest.raises(NoChampion):
            champions.champions()


def test_an_altered_body_is_never_used(tenant_id: str) -> None:
    with as_owner():
        sql.rows("ALTER TABLE risk_policy DISABLE TRIGGER risk_policy_final")
        sql.rows("ALTER TABLE risk_scorecard DISABLE TRIGGER risk_scorecard_final")
    Policy.objects.update(body=Policy.objects.get().body | {"price": {}})
    with pytest.raises(InvalidPolicy):
        champions.champions()
    Scorecard.objects.filter(tenant_id=tenant_id).update(body={})
    champions.forget_versions()
    with pytest.raises(InvalidScorecard):
        champions.champions()


def test_the_database_allows_one_champion(tenant_id: str) -> None:
    for model in (Scorecard, Policy):
        second = model(version=2, status="champion", body={}, sha256="", tenant_id=tenant_id)
        with pytest.raises(IntegrityError, match="one_champion"), transaction.atomic():
            second.save()
