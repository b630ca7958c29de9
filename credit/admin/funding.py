"""Lenders, funding contracts and payments in the back office.

What one person has drafted at the console, another activates here.
"""

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from credit import models
from credit.operations import funding_sources, instructions, partnerships
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin, act

BACK_OFFICE = "back office"


@admin.register(models.FundingSource)
class FundingSourceAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "name", "licence_type", "role", "status", "cap_minor", "channel",
        "drafted_by", "activated_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "licence_type")
    search_fields = ("name",)
    actions = ("activate", "suspend", "end")

    @admin.action(description=_("Activate, as the second person"), permissions=["act"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "funding_source.activate", _activate_source)

    @admin.action(description=_("Suspend: route nothing new to it"), permissions=["act"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "funding_source.suspend", _suspend_source)

    @admin.action(description=_("End for good"), permissions=["act"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "funding_source.end", _end_source)


@admin.register(models.Partnership)
class PartnershipAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "name", "funding_source", "status", "from_on", "to_on", "listing_status",
        "review_due_on", "drafted_by", "activated_by",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "listing_status")
    search_fields = ("name",)
    actions = ("activate", "suspend", "end")

    @admin.action(description=_("Activate, as the second person"), permissions=["act"])
    def activate(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "partnership.activate", _activate_partnership)

    @admin.action(description=_("Suspend: route nothing new by it"), permissions=["act"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "partnership.suspend", _suspend_partnership)

    @admin.action(description=_("End for good"), permissions=["act"])
    def end(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "partnership.end", _end_partnership)


@admin.register(models.PartnershipShare)
class PartnershipShareAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "partnership", "funding_source", "component", "fraction")
    list_filter = (TenantFilter, "component")


@admin.register(models.NamedLender)
class NamedLenderAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "product_version", "funding_source", "rank")


@admin.register(models.FundingCapSlice)
class FundingCapSliceAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "funding_source", "slice_no", "cap_minor", "used_minor")


@admin.register(models.FundingDecision)
class FundingDecisionAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "drawdown", "outcome", "partnership", "amount_minor", "at",
    )  # fmt: skip
    list_filter = (TenantFilter, "outcome")


@admin.register(models.FundingInstruction)
class FundingInstructionAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "drawdown", "funding_source", "status", "amount_minor", "instructed_at",
        "next_look_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    search_fields = ("key__exact", "reference__exact")
    actions = ("ask_again",)

    @admin.action(description=_("Have the lender asked now"), permissions=["act"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        act(request, queryset, "funding_instruction.ask_again", _ask_again)


@admin.register(models.FundingAttempt)
class FundingAttemptAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "instruction", "attempt_no", "kind", "outcome", "reference", "at",
    )  # fmt: skip
    list_filter = (TenantFilter, "kind", "outcome")


def _activate_source(row: models.FundingSource, actor: str, at: datetime) -> None:
    funding_sources.activate_source(source_id=row.id, actor=actor, at=at)


def _suspend_source(row: models.FundingSource, actor: str, at: datetime) -> None:
    funding_sources.suspend_source(source_id=row.id, reason=BACK_OFFICE, actor=actor, at=at)


def _end_source(row: models.FundingSource, actor: str, at: datetime) -> None:
    funding_sources.end_source(source_id=row.id, reason=BACK_OFFICE, actor=actor, at=at)


def _activate_partnership(row: models.Partnership, actor: str, at: datetime) -> None:
    partnerships.activate_partnership(partnership_id=row.id, actor=actor, at=at)


def _suspend_partnership(row: models.Partnership, actor: str, at: datetime) -> None:
    partnerships.suspend_partnership(partnership_id=row.id, reason=BACK_OFFICE, actor=actor, at=at)


def _end_partnership(row: models.Partnership, actor: str, at: datetime) -> None:
    partnerships.end_partnership(partnership_id=row.id, reason=BACK_OFFICE, actor=actor, at=at)


def _ask_again(row: models.FundingInstruction, actor: str, at: datetime) -> None:
    instructions.ask_again(instruction_id=row.id, actor=actor, at=at)
