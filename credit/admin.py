"""The tables of credit in the back office: obligations and money, to look at.

Two acts: closing a platform's open business day, and booking its locked settlements as paid.
"""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit import models
from credit.enums import DayStatus, SettlementStatus
from credit.operations.business_day import close_day, finish_closing_days
from credit.operations.settlements import pay_settlements
from platform_app.kernel.back_office import RowsAdmin, TenantFilter, TenantRowsAdmin, act
from platform_app.kernel.errors import Conflict


@admin.register(models.FundingSource)
class FundingSourceAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "name", "licence_type", "complaint_phone")
    list_filter = (TenantFilter, "licence_type")
    search_fields = ("name",)


@admin.register(models.Product)
class ProductAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "code", "name")
    search_fields = ("code__exact",)


@admin.register(models.ProductVersion)
class ProductVersionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "product", "number", "status", "funding_source", "published_at")
    list_filter = (TenantFilter, "status")


@admin.register(models.Application)
class ApplicationAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "product", "external_id", "status", "decision", "submitted_at",
        "decided_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    search_fields = ("external_id__exact",)


@admin.register(models.CostSheet)
class CostSheetAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "sha256", "at")
    search_fields = ("sha256__exact",)


@admin.register(models.Offer)
class OfferAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "application", "limit_minor", "annual_rate", "status",
        "expires_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.CreditLine)
class CreditLineAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "status", "limit_minor", "used_minor", "held_minor",
        "annual_rate", "activated_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.TemporaryLimit)
class TemporaryLimitAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "line", "amount_minor", "from_on", "until_on", "status")
    list_filter = (TenantFilter, "status")


@admin.register(models.MerchantCap)
class MerchantCapAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "cap_minor")


@admin.register(models.Contract)
class ContractAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "line", "cost_sheet_sha256", "text_sha256", "signed_at",
    )  # fmt: skip
    search_fields = ("text_sha256__exact",)
    hidden = ("text", "evidence")


@admin.register(models.Quote)
class QuoteAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "line", "order_no", "option_code", "amount_minor",
        "interest_minor", "expires_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "option_code")
    search_fields = ("order_no__exact",)


@admin.register(models.Hold)
class HoldAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "line", "drawdown", "amount_minor", "captured_minor", "released_minor",
        "status", "expires_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.Drawdown)
class DrawdownAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "order_no", "status", "captured_minor",
        "outstanding_principal_minor", "maturity_on", "oldest_unpaid_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "option_code")
    search_fields = ("order_no__exact", "external_id__exact")


@admin.register(models.Approval)
class ApprovalAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "drawdown", "kind", "amount_minor", "status", "requested_by",
        "requested_at", "decided_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "kind")


@admin.register(models.PlanRow)
class PlanRowAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "drawdown", "seq", "due_on", "principal_minor", "interest_minor",
        "penalty_minor", "paid_off_on",
    )  # fmt: skip


@admin.register(models.LoanEvent)
class LoanEventAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "drawdown", "seq", "kind", "amount_minor", "value_on", "booked_on", "actor",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind")
    search_fields = ("key__exact",)


@admin.register(models.Allocation)
class AllocationAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "drawdown", "loan_event", "seq", "component", "amount_minor")
    list_filter = (TenantFilter, "component")


@admin.register(models.InterestSegment)
class InterestSegmentAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "drawdown", "kind", "seq", "from_on", "to_on", "base_minor", "rate",
        "per_days",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind")


@admin.register(models.Repayment)
class RepaymentAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "drawdown", "external_id", "channel", "status", "amount_minor",
        "allocated_minor", "value_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "channel", "status")
    search_fields = ("external_id__exact",)


@admin.register(models.SettlementLine)
class SettlementLineAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "batch", "entry", "drawdown", "amount_minor")


@admin.register(models.Account)
class AccountAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "funding_source", "code")
    list_filter = (TenantFilter, "code")


@admin.register(models.JournalEntry)
class JournalEntryAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "kind", "key", "drawdown_id", "value_on", "booked_on", "at")
    list_filter = (TenantFilter, "kind")
    search_fields = ("key__exact",)


@admin.register(models.Posting)
class PostingAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "entry", "account", "amount_minor")


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


@admin.register(models.SettlementBatch)
class SettlementBatchAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "funding_source", "captured_on", "status", "line_count", "net_minor",
        "paid_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    actions = ("pay",)

    @admin.action(
        description=_("Book as paid, with all locked ones of the tenant"), permissions=["act"]
    )
    def pay(self, request: HttpRequest, queryset: QuerySet[models.SettlementBatch]) -> None:
        """The operation pays a tenant's batches together, so one row stands for its tenant."""
        chosen = {row.tenant_id: row for row in queryset.order_by("-pk")}
        act(request, chosen.values(), "settlement.pay", _pay)


def _close(row: models.BusinessDay, _actor: str, at: datetime) -> None:
    if row.status == DayStatus.CLOSED:
        raise Conflict
    if row.status == DayStatus.CLOSING:
        finish_closing_days(at=at)
    else:
        close_day(at=at)


def _pay(row: models.SettlementBatch, actor: str, at: datetime) -> None:
    if row.status != SettlementStatus.LOCKED:
        raise Conflict
    pay_settlements(actor=actor, at=at)
