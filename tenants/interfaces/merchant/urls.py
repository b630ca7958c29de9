"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from tenants.interfaces.merchant import consents, firm, shell, theme

urlpatterns: list[URLPattern | URLResolver] = [
    path("e/", shell.shell, name="shell"),
    path("exchange", shell.exchange, name="shell-exchange"),
    path("theme/<str:tenant_id>.css", theme.theme, name="shell-theme"),
    path("consents/", consents.consents, name="consent-give"),
    path("firm/", firm.firm, name="firm-verify"),
    path("firm/check/", firm.firm_check, name="firm-check"),
]
