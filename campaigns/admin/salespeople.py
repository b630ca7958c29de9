"""Salespeople and the merchants they brought, in the back office."""

from django.contrib import admin

from campaigns import models
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin


@admin.register(models.Salesperson)
class SalespersonAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "code", "name_masked", "phone_masked", "region", "branch", "status",
        "since_on", "until_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.SalespersonQr)
class SalespersonQrAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "salesperson", "number", "issued_at", "expires_at", "revoked_at",
    )  # fmt: skip
    list_filter = (TenantFilter,)


@admin.register(models.Attribution)
class AttributionAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "number", "salesperson", "how", "bound_at", "until_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "how")


@admin.register(models.AttributionClaim)
class AttributionClaimAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "salesperson", "holder", "how", "status", "claimed_at",
        "settled_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
