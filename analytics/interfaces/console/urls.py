"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from analytics.interfaces.console import funnel, overview

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview.show, name="overview"),
    path("funnel", funnel.listing, name="funnel-list"),
]
