"""The filter bars of credit's lists."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.domain.second_person import ALONE_UP_TO_MINOR
from credit.enums import (
    ApplicationStatus,
    ApprovalStatus,
    DocumentKind,
    DrawdownStatus,
    InstructionStatus,
    LineStatus,
    LoanEventKind,
    RouteOutcome,
    SettlementStatus,
)
from credit.models import FundingSource
from tenants.enums import KybStatus
from tenants.forms import DateInput, FilterForm, choice_field, day_field, search_field

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
    use = choice_field(
        _("Use"),
        [
            ("used", _("Drawn on")),
            ("unused", _("Never drawn on")),
            ("ending", _("A temporary limit ends soon")),
        ],
    )
    since = day_field(_("Opened since"))


class DrawdownFilter(FilterForm):
    search = search_field(_("Order, purchase order, invoice or merchant"))
    status = choice_field(_("Status"), DrawdownStatus.choices)
    state = choice_field(
        _("State"),
        [
            ("outstanding", _("Outstanding")),
            ("grace", _("In grace")),
            ("overdue", _("Overdue")),
            ("uncaptured", _("Not shipped for 3 days")),
            ("late", _("Past its shipping day")),
            ("expiring", _("Hold ends within 3 days")),
        ],
    )
    due_from = day_field(_("Due from"))
    due_to = day_field(_("Due to"))


class SettlementFilter(FilterForm):
    status = choice_field(_("Status"), SettlementStatus.choices)


BASES = [("booked", _("Booked by then")), ("value", _("Counting by then"))]


class DefaultedFilter(FilterForm):
    """A filter bar that shows what it falls back to; only what was asked for makes it active."""

    def __init__(self, data: Any, defaults: dict[str, Any]) -> None:
        asked = {name: value for name, value in data.items() if value}
        super().__init__({**defaults, **asked})
        self._asked = asked.keys()

    @property
    def is_active(self) -> bool:
        return bool(self._asked & self.fields.keys())


class TrialBalanceFilter(DefaultedFilter):
    on = day_field(_("At the end of"))
    by = forms.ChoiceField(label=_("Basis of dates"), required=False, choices=BASES)
    source = forms.ChoiceField(label=_("Lender"), required=False)

    def __init__(self, data: Any, sources: list[tuple[str, str]], on: date) -> None:
        super().__init__(data, {"on": on})
        self.fields["source"] = choice_field(_("Lender"), sources)


class StatementFilter(DefaultedFilter):
    since = day_field(_("From"))
    until = day_field(_("To"))
    by = forms.ChoiceField(label=_("Basis of dates"), required=False, choices=BASES)

    def __init__(self, data: Any, on: date) -> None:
        super().__init__(data, {"since": on.replace(day=1), "until": on})


class DocumentFilter(FilterForm):
    search = search_field(_("Number, order or merchant"))
    kind = choice_field(_("Document"), DocumentKind.choices)


class StatementForm(forms.Form):
    """The period of a statement, both days included."""

    from_on = forms.DateField(label=_("First day"), widget=DateInput())
    to_on = forms.DateField(label=_("Last day"), widget=DateInput())


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


class ApprovalFilter(FilterForm):
    status = choice_field(
        _("Status"), [one for one in ApprovalStatus.choices if one[0] != ApprovalStatus.PENDING]
    )
    kind = choice_field(_("Act"), [(kind, LoanEventKind(kind).label) for kind in ALONE_UP_TO_MINOR])

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        status = self.fields["status"]
        status.widget.choices = [("", ApprovalStatus.PENDING.label), *ApprovalStatus.choices[1:]]
