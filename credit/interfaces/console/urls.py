"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.console import (
    applications,
    books,
    drawdowns,
    lines,
    merchants,
    reconciliation,
    settlements,
    suspense,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants", merchants.listing, name="merchant-list"),
    path("merchants/<str:merchant_id>", merchants.detail, name="merchant-detail"),
    path("applications", applications.listing, name="application-list"),
    path("lines", lines.listing, name="line-list"),
    path("drawdowns", drawdowns.listing, name="drawdown-list"),
    path("drawdowns/<str:drawdown_id>", drawdowns.detail, name="drawdown-detail"),
    path("books/days", books.days, name="day-list"),
    path("books/settlements", settlements.listing, name="settlement-list"),
    path("books/settlements/<str:batch_id>", settlements.detail, name="settlement-detail"),
    path("books/settlement_terms/<str:source_id>", settlements.terms, name="settlement_terms-set"),
    path("books/reconciliation", reconciliation.listing, name="break-list"),
    path("books/reconciliation/compare", reconciliation.compare, name="break-compare"),
    path("books/reconciliation/breaks/<str:break_id>", reconciliation.detail, name="break-detail"),
    path("books/reconciliation/files", reconciliation.files, name="file-list"),
    path("books/reconciliation/files/<str:file_id>", reconciliation.download, name="file-download"),
    path("books/reconciliation/bank", reconciliation.bank, name="bank_flow-list"),
    path("books/suspense", suspense.listing, name="suspense-list"),
    path("books/suspense/<str:item_id>", suspense.detail, name="suspense-detail"),
]
