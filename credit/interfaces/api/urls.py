"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.api import (
    application_acts,
    applications,
    deductions,
    drawdown_lookups,
    drawdowns,
    limit_requests,
    lines,
    offers,
    reconciliation_files,
    refunds,
    repayments,
    settlements,
    simulations,
    statements,
)
from credit.interfaces.api.capabilities import CapabilityList
from credit.interfaces.api.discounts import CouponList
from credit.interfaces.api.entry import EntryShow
from credit.interfaces.api.installments import InstallmentList
from credit.interfaces.api.loan_events import DrawdownEventList
from credit.interfaces.api.quotes import QuoteMake
from platform_app.kernel.drf import by_method

urlpatterns: list[URLPattern | URLResolver] = [
    path("capabilities", CapabilityList.as_view(), name="capability-list"),
    path("entry", EntryShow.as_view(), name="entry-show"),
    path(
        "applications",
        by_method(get=applications.ApplicationList, post=applications.ApplicationSubmit),
        name="application-list",
    ),
    path(
        "applications/<str:application_id>",
        applications.ApplicationShow.as_view(),
        name="application-show",
    ),
    path(
        "applications/<str:application_id>/withdraw",
        application_acts.ApplicationWithdraw.as_view(),
        name="application-withdraw",
    ),
    path(
        "applications/<str:application_id>/resubmit",
        application_acts.ApplicationResubmit.as_view(),
        name="application-resubmit",
    ),
    path(
        "applications/<str:application_id>/documents",
        application_acts.ApplicationDocumentAdd.as_view(),
        name="application_document-add",
    ),
    path("offers/<str:offer_id>", offers.OfferShow.as_view(), name="offer-show"),
    path("offers/<str:offer_id>/read", offers.OfferRead.as_view(), name="offer-read"),
    path("offers/<str:offer_id>/accept", offers.OfferAccept.as_view(), name="offer-accept"),
    path("credit_lines", lines.LineList.as_view(), name="credit_line-list"),
    path("credit_lines/<str:line_id>", lines.LineShow.as_view(), name="credit_line-show"),
    path(
        "credit_lines/<str:line_id>/limit_requests",
        by_method(get=limit_requests.LimitRequestList, post=limit_requests.LimitRequestMake),
        name="limit_request-list",
    ),
    path("coupons", CouponList.as_view(), name="coupon-list"),
    path("quotes", QuoteMake.as_view(), name="quote-make"),
    path(
        "drawdowns",
        by_method(get=drawdown_lookups.DrawdownList, post=drawdowns.DrawdownRequest),
        name="drawdown-list",
    ),
    path(
        "drawdowns/ext:<path:external_id>",
        drawdown_lookups.DrawdownShowByNumber.as_view(),
        name="drawdown-show-by-number",
    ),
    path(
        "drawdowns/<str:drawdown_id>", drawdown_lookups.DrawdownShow.as_view(), name="drawdown-show"
    ),
    path(
        "drawdowns/<str:drawdown_id>/captures",
        drawdowns.DrawdownCapture.as_view(),
        name="drawdown-capture",
    ),
    path(
        "drawdowns/<str:drawdown_id>/cancel",
        drawdowns.DrawdownCancel.as_view(),
        name="drawdown-cancel",
    ),
    path(
        "drawdowns/<str:drawdown_id>/adjust",
        refunds.DrawdownAdjust.as_view(),
        name="drawdown-adjust",
    ),
    path(
        "drawdowns/<str:drawdown_id>/refunds",
        refunds.RefundRecord.as_view(),
        name="refund-record",
    ),
    path(
        "drawdowns/<str:drawdown_id>/events",
        DrawdownEventList.as_view(),
        name="drawdown_event-list",
    ),
    path(
        "drawdowns/<str:drawdown_id>/installments",
        InstallmentList.as_view(),
        name="installment-list",
    ),
    path("repayments", repayments.RepaymentRecord.as_view(), name="repayment-record"),
    path("repayments/preview", repayments.RepaymentPreview.as_view(), name="repayment-preview"),
    path(
        "repayments/<str:repayment_id>", repayments.RepaymentShow.as_view(), name="repayment-show"
    ),
    path("deductions", deductions.DeductionRecord.as_view(), name="deduction-record"),
    path("virtual_accounts", deductions.VirtualAccountOpen.as_view(), name="virtual_account-open"),
    path(
        "statements",
        by_method(get=statements.StatementList, post=statements.StatementIssue),
        name="statement-list",
    ),
    path(
        "statements/<str:statement_id>", statements.StatementShow.as_view(), name="statement-show"
    ),
    path(
        "statements/<str:statement_id>/file",
        statements.StatementFile.as_view(),
        name="statement-file",
    ),
    path("settlements", settlements.SettlementList.as_view(), name="settlement-list"),
    path(
        "settlements/<str:settlement_id>",
        settlements.SettlementShow.as_view(),
        name="settlement-show",
    ),
    path(
        "settlements/<str:settlement_id>/file",
        settlements.SettlementFile.as_view(),
        name="settlement-file",
    ),
    path(
        "reconciliation_files",
        reconciliation_files.ReconciliationFileList.as_view(),
        name="reconciliation_file-list",
    ),
    path(
        "reconciliation_files/<str:file_id>/content",
        reconciliation_files.ReconciliationFileContent.as_view(),
        name="reconciliation_file-content",
    ),
    path(
        "test/merchants/<str:merchant_id>/simulate",
        simulations.SimulationRun.as_view(),
        name="simulation-run",
    ),
]
