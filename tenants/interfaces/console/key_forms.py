"""What a developer types in about keys."""

from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from platform_app.kernel import clock
from tenants.enums import KeyAlgorithm, KeyScope
from tenants.forms import DateInput

LONGEST_DAYS: Final = 3_653
_KINDS = {
    KeyAlgorithm.HMAC: _("Shared secret (HMAC-SHA256), made here"),
    KeyAlgorithm.RSA: _("Key pair (RSA-SHA256), you send us the public key"),
    KeyAlgorithm.SM2: _("Key pair (SM2-SM3), you send us the public key"),
}


def _pem_field(**kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=_("Public key (PEM)"),
        max_length=10_000,
        widget=forms.Textarea(
            attrs={"rows": 4, "spellcheck": "false", "placeholder": "-----BEGIN PUBLIC KEY-----"}
        ),
        **kwargs,
    )


class AddressesForm(forms.Form):
    use_required_attribute = False
    allowed_ips = forms.CharField(
        label=_("Allowed addresses"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=_("One IP address or range to a line, such as 203.0.113.0/24. None: everywhere."),
    )

    def clean_allowed_ips(self) -> list[str]:
        return str(self.cleaned_data["allowed_ips"]).replace(",", "\n").split()


class KeyForm(AddressesForm):
    label = forms.CharField(
        label=_("Label"), max_length=80, help_text=_("Which of your systems signs with it.")
    )
    algorithm = forms.ChoiceField(label=_("Kind"))
    scopes = forms.MultipleChoiceField(
        label=_("Scopes"),
        choices=KeyScope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("What it may do; choose as few as it needs."),
    )
    last_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: no end. You are told 30, 7 and 1 days before."),
    )
    public_key_pem = _pem_field(
        required=False, help_text=_("Only for a key pair. Never paste a private key.")
    )
    field_order = ("label", "algorithm", "public_key_pem", "scopes", "last_on", "allowed_ips")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = {key: words for key, words in _KINDS.items() if _is_offered(key)}
        self.fields["algorithm"] = forms.ChoiceField(
            label=_("Kind"), choices=[(key.value, words) for key, words in offered.items()]
        )

    def clean_last_on(self) -> date | None:
        day: date | None = self.cleaned_data["last_on"]
        if day and (day - clock.day_of(clock.machine_now())).days > LONGEST_DAYS:
            raise forms.ValidationError(_("Ten years from today at most. Empty: no end."))
        return day

    def not_after(self) -> datetime | None:
        """The moment the last day is over."""
        day = self.cleaned_data["last_on"]
        return clock.moment_on(day + timedelta(days=1), 0) if day else None


class PublicKeyForm(forms.Form):
    use_required_attribute = False
    public_key_pem = _pem_field(help_text=_("The public half of your new pair."))


class RevokeForm(forms.Form):
    use_required_attribute = False
    sure = forms.BooleanField(
        label=_("Nothing of ours signs with this key any more, or it may have leaked.")
    )


def _is_offered(algorithm: KeyAlgorithm) -> bool:
    return algorithm != KeyAlgorithm.SM2 or bool(settings.SM2)
