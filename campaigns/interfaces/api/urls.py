"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.api.coupons import BatchList, CouponGrant

urlpatterns: list[URLPattern | URLResolver] = [
    path("coupon_batches", BatchList.as_view(), name="coupon_batch-list"),
    path("coupon_batches/<str:batch_id>/grants", CouponGrant.as_view(), name="coupon-grant"),
]
