"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.console import (
    acts,
    applications,
    approvals,
    books,
    drawdowns,
    line_acts,
    lines,
    merchants,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants", merchants.listing, name="merchant-list"),
    path("merchants/<str:merchant_id>", merchants.detail, name="merchant-detail"),
    path("applications", applications.listing, name="application-list"),
    path("lines", lines.listing, name="line-list"),
    path("lines/<str:line_id>", lines.detail, name="line-detail"),
    path("lines/<str:line_id>/<str:kind>", line_acts.act, name="line-act"),
    path("drawdowns", drawdowns.listing, name="drawdown-list"),
    path("drawdowns/<str:drawdown_id>", drawdowns.detail, name="drawdown-detail"),
    path("drawdowns/<str:drawdown_id>/acts/<str:kind>", acts.act, name="drawdown-act"),
    path("approvals", approvals.listing, name="approval-list"),
    path("approvals/<str:approval_id>/approve", approvals.approve, name="approval-approve"),
    path("approvals/<str:approval_id>/reject", approvals.reject, name="approval-reject"),
    path("books/days", books.days, name="day-list"),
    path("books/settlements", books.settlements, name="settlement-list"),
]
