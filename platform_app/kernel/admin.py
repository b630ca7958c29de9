"""The kernel's tables in the back office."""

from django.contrib import admin

from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin
from platform_app.kernel.models import AuditRecord, DataKey, Dispatch, Event, IdempotencyRecord


@admin.register(Event)
class EventAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "name", "subject", "actor", "source", "occurred_at")
    list_filter = (TenantFilter, "source")
    search_fields = ("name__startswith", "subject__exact", "actor__exact")


@admin.register(Dispatch)
class DispatchAdmin(TenantRowsAdmin):
    list_display = (
        "id",
        "tenant",
        "consumer",
        "event_id",
        "status",
        "attempt_count",
        "next_attempt_at",
    )
    list_filter = (TenantFilter, "status")
    search_fields = ("consumer__exact",)


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "caller", "operation", "key", "status", "created_at")
    search_fields = ("key__exact", "caller__exact")
    hidden = ("body",)


@admin.register(AuditRecord)
class AuditRecordAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "position", "at", "actor", "action", "subject", "reason")
    search_fields = ("action__startswith", "subject__exact", "actor__exact")


@admin.register(DataKey)
class DataKeyAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "active", "created_at")
