"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.console import attributions, salespeople

urlpatterns: list[URLPattern | URLResolver] = [
    path("salespeople", salespeople.listing, name="salesperson-list"),
    path("salespeople/add", salespeople.add, name="salesperson-add"),
    path("salespeople/claims", attributions.claims, name="attribution_claim-list"),
    path(
        "salespeople/claims/<str:claim_id>/<str:verb>",
        attributions.settle,
        name="attribution_claim-settle",
    ),
    path("salespeople/<str:salesperson_id>", salespeople.detail, name="salesperson-detail"),
    path("salespeople/<str:salesperson_id>/save", salespeople.save, name="salesperson-save"),
    path("salespeople/<str:salesperson_id>/qr", salespeople.issue_qr, name="salesperson-issue_qr"),
    path("salespeople/<str:salesperson_id>/<str:verb>", salespeople.act, name="salesperson-act"),
    path(
        "merchants/<str:merchant_id>/salesperson",
        attributions.of_merchant,
        name="merchant-salesperson",
    ),
]
