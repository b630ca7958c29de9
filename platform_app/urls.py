"""Every address."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from analytics.interfaces.console import urls as analytics_console
from campaigns.interfaces.api import urls as campaigns_api
from campaigns.interfaces.console import urls as campaigns_console
from campaigns.interfaces.merchant import urls as campaigns_merchant
from credit.interfaces.api import urls as credit_api
from credit.interfaces.console import urls as credit_console
from credit.interfaces.merchant import urls as credit_merchant
from platform_app import health
from risk.interfaces.console import urls as risk_console
from tenants.interfaces.api import urls as tenants_api
from tenants.interfaces.callbacks import urls as tenants_callbacks
from tenants.interfaces.console import urls as tenants_console
from tenants.interfaces.merchant import urls as tenants_merchant

api = [
    *tenants_api.urlpatterns,
    *credit_api.urlpatterns,
    *campaigns_api.urlpatterns,
    path(
        "schema/",
        SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="schema",
    ),
]
merchant = [
    *tenants_merchant.urlpatterns,
    *credit_merchant.urlpatterns,
    *campaigns_merchant.urlpatterns,
]
console = [
    *tenants_console.urlpatterns,
    *risk_console.urlpatterns,
    *credit_console.urlpatterns,
    *campaigns_console.urlpatterns,
    *analytics_console.urlpatterns,
]

urlpatterns = [
    path("api/v1/", include((api, "api"))),
    path("m/", include((merchant, "merchant"))),
    path("console/", include((console, "console"))),
    path("callbacks/", include((tenants_callbacks.urlpatterns, "callbacks"))),
    path("admin/", admin.site.urls),
    path("healthz/live", health.live, name="health-live"),
    path("healthz/ready", health.ready, name="health-ready"),
    path("i18n/", include("django.conf.urls.i18n")),
]
handler400 = "platform_app.failures.malformed"
handler404 = "platform_app.failures.not_found"
handler500 = "platform_app.failures.failed"
