"""The filter bars of credit's lists."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import (
    ApplicationStatus,
    DrawdownStatus,
    InstructionStatus,
    LineStatus,
    RouteOutcome,
    SettlementStatus,
)
from credit.models import FundingSource
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


class InstructionFilter(FilterForm):
    status = choice_field(_("Status"), [("open", _("Not ended")), *InstructionStatus.choices])
    source = forms.ChoiceField(label=_("Lender"), required=False)

    def __init__(self, data: Any, sources: list[FundingSource]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *((source.id, source.name) for source in sources)]
        self.fields["source"] = forms.ChoiceField(
            label=_("Lender"), required=False, choices=choices
        )


class FundingDecisionFilter(FilterForm):
    outcome = choice_field(_("What came of it"), RouteOutcome.choices)
