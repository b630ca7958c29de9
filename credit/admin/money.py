"""Settlement, reconciliation and repayment channels in the back office."""

from datetime import datetime

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit import models
from credit.enums import SettlementStatus
from credit.operations.settlements import pay_settlements
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin, act
from platform_app.kernel.errors import Conflict


@admin.register(models.SettlementLine)
class SettlementLineAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "batch", "kind", "entry", "drawdown", "amount_minor")
    list_filter = (TenantFilter, "kind")


@admin.register(models.SettlementTerms)
class SettlementTermsAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "funding_source", "from_on", "payout_days", "fee_fraction")


@admin.register(models.Holdback)
class HoldbackAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "batch", "amount_minor", "release_on", "released_on")


@admin.register(models.ReconciliationFile)
class ReconciliationFileAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "kind", "on", "revision", "row_count", "sum_minor", "sha256")
    list_filter = (TenantFilter, "kind")
    hidden = ("content",)


@admin.register(models.BankFlow)
class BankFlowAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "bank_reference", "on", "amount_minor", "status", "memo")
    list_filter = (TenantFilter, "status")
    search_fields = ("bank_reference__exact", "memo__exact")


@admin.register(models.ReconciliationBreak)
class ReconciliationBreakAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "kind", "status", "expected_minor", "found_minor", "opened_on")
    list_filter = (TenantFilter, "status", "kind")


@admin.register(models.SuspenseItem)
class SuspenseItemAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "external_id", "amount_minor", "open_minor", "status")
    list_filter = (TenantFilter, "status")
    search_fields = ("external_id__exact",)


@admin.register(models.VirtualAccount)
class VirtualAccountAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "funding_source", "number")


@admin.register(models.DebitMandate)
class DebitMandateAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "account_masked", "status", "signed_at")


@admin.register(models.DirectDebit)
class DirectDebitAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "drawdown", "amount_minor", "status", "reason", "asked_at")
    list_filter = (TenantFilter, "status")


@admin.register(models.DeductionAgreement)
class DeductionAgreementAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "fraction", "status", "agreed_at")


@admin.register(models.SaleDeduction)
class SaleDeductionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "external_id", "sale_minor", "deducted_minor")


@admin.register(models.GuarantorClaim)
class GuarantorClaimAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "drawdown", "guarantor", "amount_minor", "recovered_minor")


@admin.register(models.GuarantorRecovery)
class GuarantorRecoveryAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "claim", "external_id", "amount_minor", "at")


@admin.register(models.SettlementBatch)
class SettlementBatchAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "funding_source", "captured_on", "status", "line_count", "net_minor",
        "due_on", "paid_on",
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


def _pay(row: models.SettlementBatch, actor: str, at: datetime) -> None:
    if row.status != SettlementStatus.LOCKED:
        raise Conflict
    pay_settlements(actor=actor, at=at)
