"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from tenants.interfaces.console import attachments, imports, members, people, theme, webhooks

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
    path("webhooks", webhooks.listing, name="webhook-list"),
    path("webhooks/deliveries/<str:delivery_id>", webhooks.detail, name="delivery-detail"),
    path("webhooks/deliveries/<str:delivery_id>/resend", webhooks.resend, name="delivery-resend"),
]
