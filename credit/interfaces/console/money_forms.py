"""What people type about money going round: terms, statements, reasons, filters."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import (
    BreakKind,
    BreakStatus,
    FileKind,
    FlowStatus,
    SettlementStatus,
    SuspenseStatus,
)
from tenants.forms import FilterForm, choice_field, day_field, search_field

HUNDRED = Decimal(100)


class SettlementFilter(FilterForm):
    status = choice_field(_("Status"), SettlementStatus.choices)


class FileFilter(FilterForm):
    kind = choice_field(_("Kind"), FileKind.choices)
    on = day_field(_("Day"))


class BreakFilter(FilterForm):
    status = choice_field(_("Status"), BreakStatus.choices)
    kind = choice_field(_("Kind"), BreakKind.choices)


class FlowFilter(FilterForm):
    status = choice_field(_("Status"), FlowStatus.choices)


class SuspenseFilter(FilterForm):
    status = choice_field(_("Status"), SuspenseStatus.choices)


class MerchantSearch(FilterForm):
    search = search_field(_("Merchant's name or number"))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class BankFileForm(forms.Form):
    """`act` is which of the two buttons was pressed: check or import."""

    funding_source = forms.ChoiceField(label=_("Lender"))
    file = forms.FileField(
        label=_("Bank statement (.csv)"), widget=forms.FileInput(attrs={"accept": ".csv"})
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]]) -> None:
        super().__init__(*args)
        self.fields["funding_source"] = forms.ChoiceField(label=_("Lender"), choices=sources)


def percent_field(label: Any) -> forms.DecimalField:
    """A share typed as percent, below one hundred."""
    return forms.DecimalField(
        label=label, min_value=Decimal(0), max_value=Decimal("99.999999"), max_digits=8,
        decimal_places=6,
    )  # fmt: skip


class SettlementTermsForm(forms.Form):
    payout_days = forms.IntegerField(label=_("Paid after days (T+n)"), min_value=1, max_value=90)
    pays_on_workdays_only = forms.BooleanField(label=_("On working days only"), required=False)
    fee = percent_field(_("Fee of captures, %"))
    holdback = percent_field(_("Held back of captures, %"))
    holdback_days = forms.IntegerField(label=_("Held back for days"), min_value=0, max_value=730)
    revenue_share = percent_field(_("Share of interest, %"))

    def fractions(self) -> dict[str, Decimal]:
        """The percentages as decimal fractions, by the operation's names."""
        said = self.cleaned_data
        return {
            "fee_fraction": said["fee"] / HUNDRED,
            "holdback_fraction": said["holdback"] / HUNDRED,
            "revenue_share_fraction": said["revenue_share"] / HUNDRED,
        }
