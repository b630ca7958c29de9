"""What people type into the console's own pages."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.enums import DeliveryStatus
from tenants.forms import FilterForm, choice_field, search_field


class MomentInput(forms.DateTimeInput):
    """The browser's own field for a day and a time, in Shanghai."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


def moment_field(label: Any, *, required: bool = False) -> forms.DateTimeField:
    """A moment, written 2026-12-05T10:30."""
    return forms.DateTimeField(label=label, required=required, widget=MomentInput())


class LoginForm(forms.Form):
    email = forms.EmailField(
        label=_("Email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}
        ),
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File of orders"), widget=forms.FileInput(attrs={"accept": ".csv,.gz"})
    )


class ImportFilter(FilterForm):
    state = choice_field(_("Result"), [("errors", _("With refused rows"))])


class ReplayForm(forms.Form):
    since = moment_field(_("From"), required=True)
    until = moment_field(_("Ends before"), required=True)
    types = forms.CharField(
        label=_("Event names, apart by spaces; empty: all it asks for"),
        required=False,
        max_length=500,
    )

    def asked(self) -> dict[str, Any]:
        """What the operation takes; only of a valid form."""
        found = self.cleaned_data
        return {
            "since": found["since"],
            "until": found["until"],
            "event_names": sorted(set(found["types"].split())),
        }


class DeliveryFilter(FilterForm):
    status = choice_field(_("Status"), DeliveryStatus.choices)
    event_name = search_field(_("Event name"))
    endpoint = forms.ChoiceField(label=_("Endpoint"), required=False)

    def __init__(self, data: Any, endpoints: list[Any]) -> None:
        super().__init__(data)
        choices = [("", _("All")), *((one.id, one.url) for one in endpoints)]
        self.fields["endpoint"] = forms.ChoiceField(
            label=_("Endpoint"), required=False, choices=choices
        )
