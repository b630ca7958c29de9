"""Addresses of this surface."""

from django.urls import URLPattern, URLResolver, path

from credit.interfaces.console import applications, books, drawdowns, funding, lines, merchants

urlpatterns: list[URLPattern | URLResolver] = [
    path("merchants", merchants.listing, name="merchant-list"),
    path("merchants/<str:merchant_id>", merchants.detail, name="merchant-detail"),
    path("applications", applications.listing, name="application-list"),
    path("lines", lines.listing, name="line-list"),
    path("drawdowns", drawdowns.listing, name="drawdown-list"),
    path("drawdowns/<str:drawdown_id>", drawdowns.detail, name="drawdown-detail"),
    path("books/days", books.days, name="day-list"),
    path("books/settlements", books.settlements, name="settlement-list"),
    path("funding", funding.overview, name="funding"),
    path("funding/instructions", funding.instruction_list, name="funding-instructions"),
    path(
        "funding/instructions/<str:instruction_id>",
        funding.instruction_detail,
        name="funding-instruction",
    ),
    path("funding/instructions/<str:instruction_id>/ask", funding.ask_again, name="funding-ask"),
    path("funding/instructions/<str:instruction_id>/anew", funding.send_anew, name="funding-anew"),
    path("funding/decisions", funding.decision_list, name="funding-decisions"),
    path("funding/sources/new", funding.source_new, name="funding-source-new"),
    path("funding/sources/<str:source_id>/cap", funding.source_cap, name="funding-source-cap"),
    path(
        "funding/sources/<str:source_id>/channel",
        funding.source_channel,
        name="funding-source-channel",
    ),
    path("funding/partnerships/new", funding.partnership_new, name="funding-partnership-new"),
]
