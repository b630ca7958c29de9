"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from analytics.interfaces.console import experiments, funnel, monitoring, overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.show, name="overview"),
    path("funnel", funnel.listing, name="funnel-list"),
    path("risk/experiments/<str:experiment_id>", experiments.detail, name="experiment-detail"),
    path("risk/monitoring", monitoring.show, name="monitoring"),
]
