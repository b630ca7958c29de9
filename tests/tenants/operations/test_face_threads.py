"""P12, P21: the service's call and the browser's return at once write one outcome."""

from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime
from threading import Thread

import pytest
from django.db import connection

from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tenants.operations.face_checks import look_at_face_check
from tenants.operations.face_results import receive_face_result
from tests.tenants.faces import begun_by_somebody


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_second_only_reads(tenant: Tenant, at: datetime) -> None:
    check = begun_by_somebody(tenant, at)
    said: list[str] = []

    def asked() -> None:
        row = look_at_face_check(
            merchant_id=check.merchant_id, subject=check.subject, actor="m", at=at
        )
        said.append(row.evidence_id if row else "")

    def told() -> None:
        row = receive_face_result(
            reference=check.reference, status="passed", evidence_id="EV-1", actor="s", at=at
        )
        said.append(row.evidence_id)

    def run(act: Callable[[], None]) -> None:
        try:
            with tenant_scope(tenant.id):
                act()
        finally:
            connection.close()

    threads = [Thread(target=copy_context().run, args=(run, act)) for act in (asked, told) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(said), len(set(said))) == (8, 1)
    with tenant_scope(tenant.id):
        names = Event.objects.filter(name__startswith="tenants.face_check").order_by("id")
        assert list(names.values_list("name", flat=True)) == [
            "tenants.face_check.started", "tenants.face_check.passed",
        ]  # fmt: skip
