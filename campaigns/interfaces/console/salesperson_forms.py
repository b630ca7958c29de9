"""What an operator types about salespeople."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ClaimStatus, SalespersonStatus
from campaigns.operations.salespeople import MOST_DAYS, USUAL_DAYS
from tenants.forms import DateInput, FilterForm, choice_field, search_field


class SalespersonFilter(FilterForm):
    search = search_field(_("Code, region or branch"))
    status = choice_field(_("Status"), SalespersonStatus.choices)


class ClaimFilter(FilterForm):
    status = forms.ChoiceField(
        label=_("Status"), required=False,
        choices=[
            ("", ClaimStatus.OPEN.label),
            *(one for one in ClaimStatus.choices if one[0] != ClaimStatus.OPEN),
        ],
    )  # fmt: skip


class PersonForm(forms.Form):
    """Somebody on the roster. Name and phone are sealed: left empty, they stay."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Name merchants know"), max_length=60, required=False,
        help_text=_("Empty: stays as it is."),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Mobile number"), max_length=20, required=False,
        help_text=_("Empty: stays as it is."),
    )  # fmt: skip
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    branch = forms.CharField(label=_("Branch"), max_length=60, required=False)
    since_on = forms.DateField(label=_("Since"), widget=DateInput())


class NewPersonForm(PersonForm):
    """A new one, by the platform's own code."""

    field_order = ("code", "name", "phone", "region", "branch", "since_on")
    code = forms.CharField(
        label=_("Salesperson's code"), max_length=40,
        help_text=_("Your own, unchanging: letters and digits, such as S-017."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "phone"):
            self.fields[name].required = True
            self.fields[name].help_text = ""


class QrForm(forms.Form):
    """Which page a QR code opens, and for how long it counts."""

    use_required_attribute = False
    entry_url = forms.CharField(
        label=_("Page it opens"), max_length=500, required=False,
        help_text=_("A page of the platform, on one of its allowed origins."),
    )  # fmt: skip
    valid_days = forms.IntegerField(
        label=_("Days it counts"), min_value=1, max_value=MOST_DAYS, initial=USUAL_DAYS
    )
