"""Coupon batches of a platform, and granting a merchant its coupon."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.errors import (
    CouponBatchNotFound,
    CouponBatchOver,
    CouponBatchStopped,
    CouponBudgetSpent,
    CouponStockEmpty,
    CouponTakenBack,
)
from campaigns.models import Coupon, CouponBatch
from campaigns.operations.coupons import grant_coupon
from campaigns.queries.coupons import list_batches
from credit.errors import DiscountNotUsable
from platform_app.kernel import clock
from platform_app.kernel.drf import StrictSerializer, actor_of, page
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.rest import (
    KeyedView,
    ListView,
    ObjectOutput,
    head,
    missing,
    operation,
    page_of,
)
from platform_app.kernel.rest_fields import IdField, known_id

TAG = "Quotes"


class BatchOutput(ObjectOutput):
    code = serializers.CharField()
    name = serializers.CharField(help_text=gettext_noop("As the merchant sees it."))
    kind = serializers.CharField()
    cap = serializers.IntegerField(help_text=gettext_noop("What one takes off at most, in fen."))
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(help_text=gettext_noop("The last day, inclusive."))
    stock = serializers.IntegerField()
    granted = serializers.IntegerField(help_text=gettext_noop("How many were granted so far."))
    used = serializers.IntegerField()
    budget = serializers.IntegerField(help_text=gettext_noop("In fen."))
    committed = serializers.IntegerField(
        help_text=gettext_noop("What those granted may come to at most, in fen.")
    )
    borne = serializers.IntegerField(help_text=gettext_noop("What they came to so far, in fen."))


class GrantInput(StrictSerializer):
    merchant = IdField("mch", missing("merchant"))


class GrantOutput(ObjectOutput):
    batch = serializers.CharField()
    merchant = serializers.CharField()
    coupon = serializers.CharField(help_text=gettext_noop("What you name in a quote."))


def batch_body(batch: CouponBatch) -> dict[str, Any]:
    facts = head(
        "coupon_batch",
        batch,
        status=batch.status,
        version=1,
        created_at=batch.made_at,
        code=batch.code,
        name=batch.name,
        kind=batch.kind,
        cap=batch.cap_minor,
        valid_from=batch.from_on,
        valid_to=batch.last_on,
        stock=batch.stock_count,
        granted=batch.granted_count,
        used=batch.used_now,  # type: ignore[attr-defined]  # annotated by list_batches
        budget=batch.budget_minor,
        committed=batch.committed_minor,
        borne=batch.borne_minor,  # type: ignore[attr-defined]  # as above
    )
    return dict(BatchOutput(facts).data)


def grant_body(coupon: Coupon) -> dict[str, Any]:
    facts = head(
        "coupon_grant",
        coupon,
        status=str(coupon.discount.status),
        version=1,
        created_at=coupon.granted_at,
        batch=coupon.batch_id,
        merchant=coupon.merchant_id,
        coupon=coupon.discount_id,
    )
    return dict(GrantOutput(facts).data)


@operation(
    "coupon_batch-list",
    tag=TAG,
    summary=gettext_noop("List coupon batches"),
    description=gettext_noop("Batches are made in the console, where their budget is."),
    answer=page_of(BatchOutput),
)
class BatchList(ListView):
    def get(self, request: Request) -> Response:
        return page(request, list_batches(), batch_body)


@operation(
    "coupon-grant",
    tag=TAG,
    summary=gettext_noop("Grant a merchant a coupon"),
    description=gettext_noop(
        "One of the batch. A merchant that has it already keeps the one it has. Nothing is granted "
        "to a merchant that is overdue or whose line is stopped."
    ),
    status=201,
    answer=GrantOutput,
    refusals=[
        NotFound, CouponTakenBack, CouponBatchStopped, CouponBatchOver, CouponStockEmpty,
        CouponBudgetSpent, DiscountNotUsable,
    ],
)  # fmt: skip
class CouponGrant(KeyedView):
    scope = "draw"
    input = GrantInput

    def post(self, request: Request, batch_id: str) -> Response:
        said = self.body(request)
        known_id("cbt", batch_id, CouponBatchNotFound)

        def act() -> tuple[int, Any]:
            coupon = grant_coupon(
                batch_id=batch_id, merchant_id=said["merchant"], actor=actor_of(request),
                at=clock.now(),
            )  # fmt: skip
            return 201, grant_body(coupon)

        return self.once(request, act)
