"""Merchants, their people and what they hand in, masked."""

from typing import Final

from django.contrib import admin

from platform_app.kernel import crypto
from platform_app.kernel.back_office import TenantFilter, TenantRowsAdmin
from tenants import models
from tenants.enums import MerchantKind

_PEOPLE: Final = {MerchantKind.INDIVIDUAL_BUSINESS, MerchantKind.NATURAL_PERSON}


def _firm_name(row: models.Merchant) -> str:
    """A company's name is public; a person's is masked."""
    return crypto.mask_name(row.name) if row.kind in _PEOPLE else row.name


def _registration_no(row: models.Merchant) -> str:
    return crypto.mask_tail(row.registration_no) if row.kind in _PEOPLE else row.registration_no


@admin.register(models.Merchant)
class MerchantAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "external_id", "name", "kind", "kyb_status", "joined_on")
    list_filter = (TenantFilter, "kind", "kyb_status")
    search_fields = ("external_id__startswith", "name")
    masked = {"name": _firm_name, "registration_no": _registration_no}


@admin.register(models.MerchantPerson)
class MerchantPersonAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "role", "name_masked", "phone_masked")
    list_filter = (TenantFilter, "role")
    hidden = ("phone_index", "identity_index")


@admin.register(models.SettlementAccount)
class SettlementAccountAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "kind", "bank_name", "number_masked", "set_at")
    list_filter = (TenantFilter, "kind")
    hidden = ("number_index",)
    masked = {"holder_masked": lambda row: crypto.mask_name(row.holder_masked)}


@admin.register(models.AccountChange)
class AccountChangeAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "kind", "number_masked", "status", "entered_at", "effective_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status", "kind")
    hidden = ("number_index",)
    masked = {"holder_masked": lambda row: crypto.mask_name(row.holder_masked)}


@admin.register(models.MerchantUser)
class MerchantUserAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "role", "status", "name_masked", "phone_masked", "joined_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "role", "status")
    hidden = ("phone_index",)


@admin.register(models.FaceCheck)
class FaceCheckAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "subject", "status", "started_at", "ended_at")
    list_filter = (TenantFilter, "status")
    hidden = ("url", "whom_index")


@admin.register(models.IdentityReview)
class IdentityReviewAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "subject", "status", "way", "asked_at", "due_at")
    list_filter = (TenantFilter, "status", "way")
    hidden = ("whom_index",)


@admin.register(models.Attachment)
class AttachmentAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "kind", "content_type", "byte_count", "uploaded_at")
    list_filter = (TenantFilter, "kind")
    hidden = ("file_name",)


@admin.register(models.PhoneCode)
class PhoneCodeAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "status", "tries_count", "sent_at", "expires_at")
    list_filter = (TenantFilter, "status")
    hidden = ("phone_index", "code_hash")


@admin.register(models.MerchantDraft)
class MerchantDraftAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "step", "saved_at")
    list_filter = (TenantFilter, "step")


@admin.register(models.ConsentRecord)
class ConsentRecordAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "code", "version", "is_given", "actor", "at")
    list_filter = (TenantFilter, "code", "is_given")
    hidden = ("evidence",)


@admin.register(models.StepUp)
class StepUpAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "purpose", "subject", "phone_masked", "try_count", "sent_at",
        "passed_at", "used_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "purpose")
    hidden = ("phone_index", "code_hash", "code_sealed")
