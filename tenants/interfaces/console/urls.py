"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from tenants.interfaces.console import (
    api_requests,
    attachments,
    developer,
    guides,
    imports,
    keys,
    members,
    people,
    replays,
    theme,
    webhooks,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("login", members.login, name="member-login"),
    path("login/code", members.totp, name="member-totp"),
    path("logout", members.logout, name="member-logout"),
    path("tenants", members.choose, name="tenant-choose"),
    path("theme.css", theme.stylesheet, name="theme"),
    path("people/<str:person_id>/reveal", people.reveal, name="person-reveal"),
    path("attachments/<str:attachment_id>", attachments.show, name="attachment-show"),
    path("imports", imports.listing, name="import-list"),
    path("imports/<str:import_id>", imports.detail, name="import-detail"),
    path("imports/<str:import_id>/progress", imports.progress, name="import-progress"),
    path("imports/<str:import_id>/errors.csv", imports.errors, name="import-errors"),
    path("keys", keys.listing, name="key-list"),
    path("keys/new", keys.create, name="key-create"),
    path("keys/<str:key_id>", keys.detail, name="key-detail"),
    path("keys/<str:key_id>/rotate", keys.rotate, name="key-rotate"),
    path("keys/<str:key_id>/addresses", keys.addresses, name="key-addresses"),
    path("keys/<str:key_id>/agree", keys.agree, name="key-agree"),
    path("keys/<str:key_id>/revoke", keys.revoke, name="key-revoke"),
    path("developer", developer.overview, name="developer"),
    path("developer/requests", api_requests.listing, name="api_request-list"),
    path("developer/requests/<str:request_id>", api_requests.detail, name="api_request-detail"),
    path("developer/guides/", guides.listing, name="guide-list"),
    path("developer/guides/<slug:slug>", guides.detail, name="guide-detail"),
    path("webhooks/endpoints/<str:endpoint_id>/replay", replays.ask, name="webhook_replay-ask"),
    path("webhooks/replays/<str:replay_id>", replays.detail, name="webhook_replay-detail"),
    path("webhooks", webhooks.listing, name="webhook-list"),
    path("webhooks/deliveries/<str:delivery_id>", webhooks.detail, name="delivery-detail"),
    path("webhooks/deliveries/<str:delivery_id>/resend", webhooks.resend, name="delivery-resend"),
]
