"""The filter bars of credit's lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.domain.second_person import ALONE_UP_TO_MINOR
from credit.enums import (
    ApplicationStatus,
    ApprovalStatus,
    DrawdownStatus,
    LineStatus,
    LoanEventKind,
    SettlementStatus,
)
from tenants.enums import KybStatus
from tenants.forms import FilterForm, choice_field, day_field, search_field

LINE_STATES = [
    ("none", _("No line")),
    (LineStatus.ACTIVE.value, LineStatus.ACTIVE.label),
    (LineStatus.SUSPENDED.value, LineStatus.SUSPENDED.label),
    ("overdue", _("Overdue")),
]


class MerchantFilter(FilterForm):
    search = search_field(_("Name or number"))
    kyb = choice_field(_("Verification"), KybStatus.choices)
    line = choice_field(_("Line"), LINE_STATES)
    region = forms.ChoiceField(label=_("Region"), required=False)

    def __init__(self, data: Any, regions: list[str]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *((region, region) for region in regions)]
        self.fields["region"] = forms.ChoiceField(
            label=_("Region"), required=False, choices=choices
        )


class ApplicationFilter(FilterForm):
    search = search_field(_("Merchant"))
    status = choice_field(_("Status"), ApplicationStatus.choices)
    submitted_since = day_field(_("Submitted since"))
    decided_since = day_field(_("Decided since"))


class LineFilter(FilterForm):
    search = search_field(_("Merchant"))
    status = choice_field(_("Status"), LineStatus.choices)
    use = choice_field(_("Use"), [("used", _("Drawn on")), ("unused", _("Never drawn on"))])
    since = day_field(_("Opened since"))


class DrawdownFilter(FilterForm):
    search = search_field(_("Order or merchant"))
    status = choice_field(_("Status"), DrawdownStatus.choices)
    state = choice_field(
        _("State"),
        [
            ("outstanding", _("Outstanding")),
            ("grace", _("In grace")),
            ("overdue", _("Overdue")),
            ("uncaptured", _("Not shipped for 3 days")),
        ],
    )
    due_from = day_field(_("Due from"))
    due_to = day_field(_("Due to"))


class SettlementFilter(FilterForm):
    status = choice_field(_("Status"), SettlementStatus.choices)


class ApprovalFilter(FilterForm):
    status = choice_field(
        _("Status"), [one for one in ApprovalStatus.choices if one[0] != ApprovalStatus.PENDING]
    )
    kind = choice_field(_("Act"), [(kind, LoanEventKind(kind).label) for kind in ALONE_UP_TO_MINOR])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        status = self.fields["status"]
        status.widget.choices = [("", ApprovalStatus.PENDING.label), *ApprovalStatus.choices[1:]]
