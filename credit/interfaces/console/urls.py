"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.console import (
    applications,
    books,
    collection_acts,
    collections,
    drawdowns,
    lines,
    merchants,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants", merchants.listing, name="merchant-list"),
    path("merchants/<str:merchant_id>", merchants.detail, name="merchant-detail"),
    path("applications", applications.listing, name="application-list"),
    path("lines", lines.listing, name="line-list"),
    path("drawdowns", drawdowns.listing, name="drawdown-list"),
    path("drawdowns/<str:drawdown_id>", drawdowns.detail, name="drawdown-detail"),
    path("collections", collections.listing, name="collection-list"),
    path("collections/<str:case_id>", collections.detail, name="collection-detail"),
    path("collections/<str:case_id>/<str:name>", collection_acts.act, name="collection-act"),
    path("books/days", books.days, name="day-list"),
    path("books/settlements", books.settlements, name="settlement-list"),
]
