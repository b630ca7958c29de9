"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from tenants.interfaces.callbacks import faces

urlpatterns: list[URLPattern | URLResolver] = [
    path("faces/<str:tenant_id>", faces.result, name="face-result"),
]
