"""Platforms, members, keys, orders and webhooks, and what our staff may do with them."""

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from platform_app.kernel import crypto
from platform_app.kernel.back_office import (
    RowsAdmin,
    TenantFilter,
    TenantRowsAdmin,
    act,
    act_on_reference,
)
from platform_app.kernel.tenancy import tenant_scope
from tenants import models
from tenants.enums import ApplicationNeed
from tenants.operations.credentials import revoke_key
from tenants.operations.members import reset_totp
from tenants.operations.tenants import set_application_needs, set_face_check
from tenants.operations.webhooks import disable_endpoint, enable_endpoint, resend

_BUT_FACE = [str(need) for need in ApplicationNeed if need != ApplicationNeed.FACE]


def _needs(needs: list[str]) -> Callable[[models.Tenant, str, datetime], None]:
    """What applications of a platform ask for; the operation audits it in the platform's chain."""

    def changed(row: models.Tenant, actor: str, at: datetime) -> None:
        with tenant_scope(row.id):
            set_application_needs(needs=needs, actor=actor, at=at)

    return changed


def _faces(from_minor: int | None) -> Callable[[models.Tenant, str, datetime], None]:
    """From which limit on a face check comes before signing."""

    def changed(row: models.Tenant, actor: str, at: datetime) -> None:
        with tenant_scope(row.id):
            set_face_check(from_minor=from_minor, actor=actor, at=at)

    return changed


@admin.register(models.Tenant)
class TenantAdmin(RowsAdmin):
    list_display = ("id", "slug", "name", "vertical", "mode", "status", "is_virtual", "created_at")
    list_filter = ("mode", "status", "vertical", "is_virtual")
    search_fields = ("slug__startswith", "name")
    actions = (
        "ask_for_everything", "ask_for_everything_and_face", "ask_for_firm_only", "ask_for_faces",
        "ask_for_no_faces",
    )  # fmt: skip

    @admin.action(
        description=_("Applications ask for person, code, account and photos"), permissions=["act"]
    )
    def ask_for_everything(self, request: HttpRequest, queryset: QuerySet[models.Tenant]) -> None:
        act_on_reference(request, queryset, _needs(_BUT_FACE))

    @admin.action(
        description=_("Applications ask for all of that and a face check"), permissions=["act"]
    )
    def ask_for_everything_and_face(
        self, request: HttpRequest, queryset: QuerySet[models.Tenant]
    ) -> None:
        act_on_reference(request, queryset, _needs(ApplicationNeed.values))

    @admin.action(description=_("Applications ask for firm and consents only"), permissions=["act"])
    def ask_for_firm_only(self, request: HttpRequest, queryset: QuerySet[models.Tenant]) -> None:
        act_on_reference(request, queryset, _needs([]))

    @admin.action(description=_("A face check comes before every signature"), permissions=["act"])
    def ask_for_faces(self, request: HttpRequest, queryset: QuerySet[models.Tenant]) -> None:
        act_on_reference(request, queryset, _faces(0))

    @admin.action(description=_("No face check"), permissions=["act"])
    def ask_for_no_faces(self, request: HttpRequest, queryset: QuerySet[models.Tenant]) -> None:
        act_on_reference(request, queryset, _faces(None))


@admin.register(models.TestClock)
class TestClockAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "name", "status", "started_at", "advance_to", "worked_at")
    list_filter = (TenantFilter, "status")


@admin.register(models.Member)
class MemberAdmin(RowsAdmin):
    list_display = ("id", "name", "email", "role", "tenant", "is_active", "last_login")
    list_filter = ("role", "is_active", "tenant")
    search_fields = ("email__exact",)
    hidden = ("password", "totp_last_step")
    masked = {
        "name": lambda row: crypto.mask_name(row.name),
        "email": lambda row: f"{row.email[:1]}***@{row.email.partition('@')[2]}",
    }
    actions = ("reset_second_step",)

    @admin.action(description=_("Take the second step off (lost phone)"), permissions=["act"])
    def reset_second_step(self, request: HttpRequest, queryset: QuerySet[models.Member]) -> None:
        """For a partner's people. Nobody takes it off a colleague: that is done on the server."""
        if queryset.filter(tenant=None).exists():
            refusal = _("The second step of our own staff is taken off on the server.")
            self.message_user(request, refusal, messages.ERROR)
        act(
            request,
            queryset.exclude(tenant=None),
            "member.reset_second_step",
            lambda row, actor, at: reset_totp(member_id=row.id, actor=actor, at=at),
        )


@admin.register(models.TradeOrder)
class TradeOrderAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "merchant", "order_no", "revision", "ordered_on", "amount_minor", "status",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    search_fields = ("order_no__exact",)


@admin.register(models.TradeImport)
class TradeImportAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "file_name", "status", "row_count", "error_count", "actor")
    list_filter = (TenantFilter, "status")
    hidden = ("file_path",)


@admin.register(models.TradeImportError)
class TradeImportErrorAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "trade_import", "line_no", "code", "reason")
    list_filter = (TenantFilter, "code")
    hidden = ("raw",)


@admin.register(models.Feed)
class FeedAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "received_at", "row_count", "refused_count", "actor")
    hidden = ("errors",)


@admin.register(models.Credential)
class CredentialAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "label", "algorithm", "scopes", "not_after", "revoked_at", "last_used_on",
    )  # fmt: skip
    list_filter = (TenantFilter, "algorithm", ("revoked_at", admin.EmptyFieldListFilter))
    search_fields = ("label",)
    actions = ("revoke",)

    @admin.action(description=_("Revoke these keys"), permissions=["act"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[models.Credential]) -> None:
        act(
            request,
            queryset,
            "credential.revoke",
            lambda row, actor, at: revoke_key(key_id=row.id, actor=actor, at=at),
        )


@admin.register(models.EmbedSession)
class EmbedSessionAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "merchant", "component", "origin", "redeemed_at", "ends_at")
    list_filter = (TenantFilter, "component")
    hidden = ("secret_hash", "token_hash")


@admin.register(models.WebhookEndpoint)
class WebhookEndpointAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "url", "event_names", "status", "disabled_reason")
    list_filter = (TenantFilter, "status")
    search_fields = ("url",)
    actions = ("disable", "enable")

    @admin.action(description=_("Stop telling these addresses"), permissions=["act"])
    def disable(self, request: HttpRequest, queryset: QuerySet[models.WebhookEndpoint]) -> None:
        act(
            request,
            queryset,
            "webhook_endpoint.disable",
            lambda row, actor, at: disable_endpoint(endpoint_id=row.id, actor=actor, at=at),
        )

    @admin.action(description=_("Tell these addresses again"), permissions=["act"])
    def enable(self, request: HttpRequest, queryset: QuerySet[models.WebhookEndpoint]) -> None:
        act(
            request,
            queryset,
            "webhook_endpoint.enable",
            lambda row, actor, at: enable_endpoint(endpoint_id=row.id, actor=actor, at=at),
        )


@admin.register(models.WebhookDelivery)
class WebhookDeliveryAdmin(TenantRowsAdmin):
    list_display = (
        "id", "tenant", "endpoint", "event_name", "status", "attempt_count", "next_attempt_at",
    )  # fmt: skip
    list_filter = (TenantFilter, "status")
    search_fields = ("event_name__startswith",)
    hidden = ("body",)
    actions = ("resend",)

    @admin.action(description=_("Send these deliveries again"), permissions=["act"])
    def resend(self, request: HttpRequest, queryset: QuerySet[models.WebhookDelivery]) -> None:
        act(
            request,
            queryset,
            "webhook_delivery.resend",
            lambda row, actor, at: resend(delivery_id=row.id, actor=actor, at=at),
        )


@admin.register(models.WebhookAttempt)
class WebhookAttemptAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "delivery", "attempt_no", "at", "status_code", "duration_ms")
    hidden = ("response_excerpt",)


@admin.register(models.WebhookReplay)
class WebhookReplayAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "endpoint", "since", "until", "status", "event_count", "actor")
    list_filter = (TenantFilter, "status")


@admin.register(models.ApiRequest)
class ApiRequestAdmin(TenantRowsAdmin):
    list_display = ("id", "tenant", "at", "method", "route", "status", "code", "duration_ms")
    list_filter = (TenantFilter, "status")
    search_fields = ("external_id__exact", "code__exact")
    hidden = ("asked", "answered")
