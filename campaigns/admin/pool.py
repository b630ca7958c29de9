"""The pool in the back office: rows to look at."""

from django.contrib import admin

from campaigns import models
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin


@admin.register(models.PoolImport)
class PoolImportAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "file_name", "status", "consent_basis", "row_count", "error_count", "actor",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    hidden = ("file_path", "preview")


@admin.register(models.PoolImportError)
class PoolImportErrorAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "pool_import", "line_no", "code", "reason")
    list_filter = (TenantFilter, "code")
    hidden = ("raw",)


@admin.register(models.PoolMember)
class PoolMemberAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "external_id", "tier", "status", "prescreen_result", "merchant")
    list_filter = (TenantFilter, "tier", "status")
    search_fields = ("external_id__exact",)
