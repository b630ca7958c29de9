"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.console import (
    applications,
    books,
    calendar,
    closes,
    documents,
    drawdowns,
    ledger,
    lines,
    merchants,
    products,
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
    path("books/days/<str:day_id>", closes.detail, name="day-detail"),
    path(
        "books/days/<str:day_id>/exceptions/<str:exception_id>/sign-off",
        closes.sign_off,
        name="exception-sign-off",
    ),
    path(
        "books/days/<str:day_id>/exceptions/<str:exception_id>/repair",
        closes.repair,
        name="exception-repair",
    ),
    path("books/ledger", ledger.balances, name="trial-balance"),
    path("books/ledger.csv", ledger.balances_file, name="trial-balance-file"),
    path("books/ledger/<str:account_id>", ledger.statement, name="account-statement"),
    path("books/entries/<str:entry_id>", ledger.entry, name="entry-detail"),
    path("books/settlements", books.settlements, name="settlement-list"),
    path("products", products.listing, name="product-list"),
    path("products/<str:product_id>/draft", products.draft, name="product-draft"),
    path("products/versions/<str:version_id>", products.detail, name="product-version"),
    path("products/versions/<str:version_id>/edit", products.edit, name="product-edit"),
    path("products/versions/<str:version_id>/preview", products.previewed, name="product-preview"),
    path("products/versions/<str:version_id>/submit", products.submit, name="product-submit"),
    path("products/versions/<str:version_id>/approve", products.approve, name="product-approve"),
    path("products/versions/<str:version_id>/reject", products.reject, name="product-reject"),
]
