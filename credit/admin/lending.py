"""Products, applications, lines and drawdowns in the back office, to look at."""

from django.contrib import admin

from credit import models
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin


@admin.register(models.Product)
class ProductAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "code", "name")
    search_fields = ("code__exact",)


@admin.register(models.ProductVersion)
class ProductVersionAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "product", "number", "status", "funding_source", "drafted_by",
        "submitted_by", "approved_by", "published_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")


@admin.register(models.Application)
class ApplicationAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "product", "external_id", "status", "decision", "submitted_at",
        "decided_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    search_fields = ("external_id__exact",)


@admin.register(models.ApplicationAsk)
class ApplicationAskAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "application", "kind", "document_kind", "due_on", "status", "asked_at",
        "answered_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind", "status")
    hidden = ("answer",)


@admin.register(models.LimitReview)
class LimitReviewAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "line", "on", "cause", "signs", "action", "from_minor", "to_minor",
        "decision",
    )  # fmt: skip
    list_filter = (TenantFilter, "action", "cause")


@admin.register(models.Review)
class ReviewAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "application", "kind", "status", "due_at", "assignee", "outcome",
        "limit_minor", "proposed_by", "closed_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "kind")


@admin.register(models.CostSheet)
class CostSheetAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "sha256", "at")
    search_fields = ("sha256__exact",)


@admin.register(models.CostSheetItem)
class CostSheetItemAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "cost_sheet", "code")


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
