"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.console import (
    applications,
    books,
    calendar,
    documents,
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
    path("documents", documents.listing, name="document-list"),
    path("documents/<str:document_id>.pdf", documents.download, name="document-download"),
    path("drawdowns/<str:drawdown_id>/documents", documents.of_drawdown, name="drawdown-documents"),
    path("merchants/<str:merchant_id>/documents", documents.of_merchant, name="merchant-documents"),
    path("calendar", calendar.year, name="calendar-year"),
    path("books/days", books.days, name="day-list"),
    path("books/settlements", books.settlements, name="settlement-list"),
]
