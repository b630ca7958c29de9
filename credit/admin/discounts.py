"""Discounts in the back office, to look at."""

from django.contrib import admin

from credit import models
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin


@admin.register(models.Discount)
class DiscountAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "name", "kind", "status", "cap_minor", "borne_minor", "from_on",
        "last_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "kind")
    search_fields = ("key__exact",)


@admin.register(models.DiscountMove)
class DiscountMoveAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "discount", "kind", "drawdown", "amount_minor", "at")
    list_filter = (TenantFilter, "kind")
