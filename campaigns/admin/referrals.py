"""Referrals in the back office, to look at."""

from django.contrib import admin

from campaigns import models
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin


@admin.register(models.ReferralProgram)
class ReferralProgramAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "number", "inviter_batch", "invitee_batch", "cap_count", "hold_days",
        "window_days", "started_at", "ended_at",
    )  # fmt: skip
    list_filter = (TenantFilter,)


@admin.register(models.InvitationLink)
class InvitationLinkAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "number", "issued_at", "expires_at", "revoked_at", "is_barred",
    )  # fmt: skip
    list_filter = (TenantFilter, "is_barred")


@admin.register(models.Referral)
class ReferralAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "inviter", "invitee", "status", "reason", "waits_for", "joined_at",
        "due_on", "rewarded_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "reason")
