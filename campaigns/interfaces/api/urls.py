"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from campaigns.interfaces.api import attributions, referrals, salespeople, tickets
from campaigns.interfaces.api.coupons import BatchList, CouponGrant
from campaigns.interfaces.api.pool_imports import (
    PoolImportErrors,
    PoolImportList,
    PoolImportShow,
    PoolImportStart,
)
from campaigns.interfaces.api.pool_members import PoolMemberList, PoolMemberShow
from platform_app.kernel.drf import by_method

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "salespeople",
        by_method(get=salespeople.SalespersonList, post=salespeople.SalespersonSave),
        name="salesperson-list",
    ),
    path(
        "salespeople/<str:code>/bind",
        attributions.SalespersonBind.as_view(),
        name="salesperson-bind",
    ),
    path(
        "salespeople/<str:code>/qr",
        salespeople.SalespersonIssueQr.as_view(),
        name="salesperson-issue-qr",
    ),
    path("referrals", referrals.ReferralList.as_view(), name="referral-list"),
    path("tickets", tickets.TicketList.as_view(), name="ticket-list"),
    path("coupon_batches", BatchList.as_view(), name="coupon_batch-list"),
    path("coupon_batches/<str:batch_id>/grants", CouponGrant.as_view(), name="coupon-grant"),
    path(
        "pool_imports",
        by_method(get=PoolImportList, post=PoolImportStart),
        name="pool_import-list",
    ),
    path("pool_imports/<str:pool_import_id>", PoolImportShow.as_view(), name="pool_import-show"),
    path(
        "pool_imports/<str:pool_import_id>/errors",
        PoolImportErrors.as_view(),
        name="pool_import-errors",
    ),
    path("pool_members", PoolMemberList.as_view(), name="pool_member-list"),
    path("pool_members/<str:pool_member_id>", PoolMemberShow.as_view(), name="pool_member-show"),
]
