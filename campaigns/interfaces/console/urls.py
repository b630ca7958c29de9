"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.console import (
    attributions,
    coupons,
    follow_ups,
    pool,
    pool_imports,
    referral_program,
    referrals,
    salespeople,
    tickets,
)

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
    path("service", tickets.listing, name="ticket-list"),
    path("service/calls", follow_ups.listing, name="follow_up-list"),
    path("service/calls/capacity", follow_ups.capacity, name="follow_up-capacity"),
    path("service/calls/<str:follow_up_id>", follow_ups.detail, name="follow_up-detail"),
    path("service/calls/<str:follow_up_id>/<str:verb>", follow_ups.act, name="follow_up-act"),
    path("service/<str:ticket_id>", tickets.detail, name="ticket-detail"),
    path("service/<str:ticket_id>/<str:verb>", tickets.act, name="ticket-act"),
    path("coupons", coupons.batch_list, name="coupon_batch-list"),
    path("coupons/new", coupons.batch_new, name="coupon_batch-new"),
    path("coupons/<str:batch_id>", coupons.batch_detail, name="coupon_batch-detail"),
    path("coupons/<str:batch_id>/grant", coupons.batch_grant, name="coupon_batch-grant"),
    path("coupons/<str:batch_id>/stop", coupons.batch_stop, name="coupon_batch-stop"),
    path("coupons/<str:batch_id>/cancel", coupons.coupon_cancel, name="coupon-cancel"),
    path("referrals", referrals.listing, name="referral-list"),
    path("referrals/terms", referral_program.terms, name="referral_program-start"),
    path("referrals/end", referral_program.end, name="referral_program-end"),
    path("referrals/<str:referral_id>", referrals.detail, name="referral-detail"),
    path("referrals/<str:referral_id>/<str:verb>", referrals.act, name="referral-act"),
    path("pool", pool.listing, name="pool_member-list"),
    path("pool/members/<str:member_id>", pool.detail, name="pool_member-detail"),
    path("pool/imports", pool_imports.listing, name="pool-imports"),
    path("pool/imports/<str:import_id>", pool_imports.detail, name="pool-import"),
    path(
        "pool/imports/<str:import_id>/progress", pool_imports.progress, name="pool-import-progress"
    ),
    path("pool/imports/<str:import_id>/errors.csv", pool_imports.errors, name="pool-import-errors"),
]
