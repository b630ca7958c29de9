"""Coupons in the back office, to look at."""

from django.contrib import admin

from campaigns import models
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin


@admin.register(models.CouponBatch)
class CouponBatchAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "code", "name", "kind", "status", "stock_count", "granted_count",
        "budget_minor", "committed_minor", "last_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "kind")
    search_fields = ("code__exact",)


@admin.register(models.Coupon)
class CouponAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "batch", "merchant", "discount", "granted_by", "granted_at")
    list_filter = (TenantFilter,)
