"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.merchant import applications, bills, checkout, documents, home, late, offers

urlpatterns: list[URLPattern | URLResolver] = [
    path("home/", home.home, name="journey-home"),
    path("start/", home.start, name="estimate-start"),
    path("estimate/", home.estimate, name="estimate-make"),
    path("application/", applications.submit, name="application-submit"),
    path("application/progress/", applications.progress, name="application-progress"),
    path("application/review/", applications.review, name="application-review"),
    path("offer/", offers.show, name="offer-show"),
    path("offer/sample/", offers.sample, name="offer-sample"),
    path("offer/read/", offers.read, name="offer-read"),
    path("offer/sheet/", offers.sheet, name="offer-sheet"),
    path("offer/accept/", offers.accept, name="offer-accept"),
    path("offer/done/", offers.done, name="offer-done"),
    path("contract/", offers.contract, name="contract-show"),
    path("checkout/", checkout.show, name="checkout-show"),
    path("checkout/<str:quote_id>/", checkout.confirm, name="checkout-confirm"),
    path("drawdowns/<str:drawdown_id>/", checkout.drawdown, name="drawdown-show"),
    path("line/", bills.line, name="line-show"),
    path("bills/", bills.bills, name="bill-list"),
    path("bills/<str:drawdown_id>/", bills.bill, name="bill-show"),
    path("bills/<str:drawdown_id>/settle/", bills.settle, name="bill-settle"),
    path("bills/<str:drawdown_id>/repay/", bills.repay, name="bill-repay"),
    path("bills/<str:drawdown_id>/preview/", bills.preview, name="bill-preview"),
    path("bills/<str:drawdown_id>/document/", documents.of_drawdown, name="bill-document"),
    path("documents/", documents.listing, name="document-list"),
    path("documents/statement/", documents.statement, name="document-statement"),
    path("documents/contract/", documents.contract, name="document-contract"),
    path("documents/<str:document_id>.pdf", documents.download, name="document-download"),
    path("overdue/", late.show, name="overdue-show"),
    path("overdue/promise/", late.promise, name="overdue-promise"),
    path("overdue/<str:drawdown_id>/extension/", late.extension, name="overdue-extension"),
    path("overdue/<str:drawdown_id>/dispute/", late.dispute, name="overdue-dispute"),
    path("repayments/<str:repayment_id>/", bills.repayment, name="repayment-show"),
]
