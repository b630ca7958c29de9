"""Accounts, entries, days and papers in the back office; staff may close an open day."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit import models
from credit.enums import DayStatus
from credit.operations.business_day import close_day, finish_closing_days
from platform_app.kernel.back_office import RowsAdmin, TenantFilter, TenantRowsAdmin, act
from platform_app.kernel.errors import Conflict


@admin.register(models.Account)
class AccountAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "funding_source", "code")
    list_filter = (TenantFilter, "code")


@admin.register(models.JournalEntry)
class JournalEntryAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "kind", "key", "drawdown_id", "value_on", "booked_on", "reverses", "at",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind")
    search_fields = ("key__exact",)


@admin.register(models.Posting)
class PostingAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "entry", "account", "amount_minor")


@admin.register(models.AccountSnapshot)
class AccountSnapshotAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "account", "on", "balance_minor", "posting_count")


@admin.register(models.BusinessDay)
class BusinessDayAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "on", "status", "closed_at", "event_count", "accrued_interest_minor",
        "accrued_penalty_minor",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    actions = ("close",)

    @admin.action(description=_("Close these business days"), permissions=["act"])
    def close(self, request: HttpRequest, queryset: QuerySet[models.BusinessDay]) -> None:
        act(request, queryset, "business_day.close", _close)


@admin.register(models.CalendarDay)
class CalendarDayAdmin(RowsAdmin):
    list_display = ("on", "is_workday", "kind", "source", "notice_no", "is_projected")
    list_filter = ("is_workday", "is_projected")


@admin.register(models.Document)
class DocumentAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "number", "kind", "merchant", "drawdown", "byte_count", "sha256", "made_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind")
    search_fields = ("number__exact", "sha256__exact")
    hidden = ("facts",)


@admin.register(models.CloseBucket)
class CloseBucketAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "business_day", "no", "attempt_count", "closed_at")


@admin.register(models.CloseException)
class CloseExceptionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "drawdown_id", "on", "problem", "status", "opened_at")
    list_filter = (TenantFilter, "status")


def _close(row: models.BusinessDay, _actor: str, at: datetime) -> None:
    if row.status == DayStatus.CLOSED:
        raise Conflict
    if row.status == DayStatus.CLOSING:
        finish_closing_days(at=at)
    else:
        close_day(at=at)


@admin.register(models.SigningAuthority)
class SigningAuthorityAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "channel", "url", "key_id", "is_active", "created_at")
    list_filter = (TenantFilter, "channel", "is_active")
    hidden = ("key_sealed", "secret_sealed")


@admin.register(models.ContractSignature)
class ContractSignatureAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "offer", "status", "attempt_count", "asked_at", "ended_at",
        "detail",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    hidden = ("prepared",)
