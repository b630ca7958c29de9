"""Two of us answer at once, and a merchant asks twice: one answer, one wish."""

from collections.abc import Callable
from contextvars import copy_context
from datetime import datetime
from threading import Thread

import pytest
from django.db import connection

from platform_app.kernel.models import Event
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import IdentityReviewOver
from tenants.models import IdentityReview, Tenant
from tenants.operations.identity_reviews import answer_identity_review, ask_identity_review
from tests.tenants.faces import begun_by_somebody


@pytest.mark.django_db(transaction=True)
def test_one_wish_and_one_answer(tenant: Tenant, at: datetime) -> None:
    check = begun_by_somebody(tenant, at)
    said: list[str] = []

    def ask() -> None:
        row = ask_identity_review(
            merchant_id=check.merchant_id, subject=check.person_id, due_at=at, actor="m", at=at
        )
        said.append(row.id)

    def answer(status: str) -> None:
        try:
            row = answer_identity_review(
                review_id=said[0], status=status, way="video", note="seen", actor="mem", at=at
            )
            said.append(row.status)
        except IdentityReviewOver:
            said.append("over")

    def at_once(*acts: Callable[[], None]) -> None:
        def run(act: Callable[[], None]) -> None:
            try:
                with tenant_scope(tenant.id):
                    act()
            finally:
                connection.close()

        threads = [Thread(target=copy_context().run, args=(run, act)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    at_once(ask, ask, ask, ask)
    assert (len(said), len(set(said))) == (4, 1)
    at_once(*[lambda: answer("passed"), lambda: answer("failed")] * 3)
    with tenant_scope(tenant.id):
        row = IdentityReview.objects.get()
        names = list(
            Event.objects.filter(name__startswith="tenants.identity_review")
            .order_by("id")
            .values_list("name", flat=True)
        )
    assert sorted(said[4:]) == sorted([row.status] * 3 + ["over"] * 3)
    assert names == ["tenants.identity_review.asked", f"tenants.identity_review.{row.status}"]
