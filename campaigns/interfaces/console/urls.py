"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.console import coupons

urlpatterns: list[URLPattern | URLResolver] = [
    path("coupons", coupons.batch_list, name="coupon_batch-list"),
    path("coupons/new", coupons.batch_new, name="coupon_batch-new"),
    path("coupons/<str:batch_id>", coupons.batch_detail, name="coupon_batch-detail"),
    path("coupons/<str:batch_id>/grant", coupons.batch_grant, name="coupon_batch-grant"),
    path("coupons/<str:batch_id>/stop", coupons.batch_stop, name="coupon_batch-stop"),
    path("coupons/<str:batch_id>/cancel", coupons.coupon_cancel, name="coupon-cancel"),
]
