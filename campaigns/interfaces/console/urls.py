"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.console import pool, pool_imports

urlpatterns: list[URLPattern | URLResolver] = [
    path("pool", pool.listing, name="pool_member-list"),
    path("pool/members/<str:member_id>", pool.detail, name="pool_member-detail"),
    path("pool/imports", pool_imports.listing, name="pool-imports"),
    path("pool/imports/<str:import_id>", pool_imports.detail, name="pool-import"),
    path(
        "pool/imports/<str:import_id>/progress", pool_imports.progress, name="pool-import-progress"
    ),
    path("pool/imports/<str:import_id>/errors.csv", pool_imports.errors, name="pool-import-errors"),
]
