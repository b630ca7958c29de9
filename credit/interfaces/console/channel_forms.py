"""The filter bars of the repayment channels, and one small form for each act."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import AgreementStatus, ClaimStatus, DebitStatus, MandateStatus
from credit.interfaces.console.act_forms import YuanField
from credit.queries.channels import Channels
from tenants.forms import FilterForm, choice_field, search_field

Choices = Sequence[tuple[Any, Any]]


class MandateFilter(FilterForm):
    search = search_field(_("Merchant"))
    status = choice_field(_("Status"), MandateStatus.choices)


class DebitFilter(FilterForm):
    search = search_field(_("Merchant"))
    status = choice_field(_("Status"), [("open", _("Not ended")), *DebitStatus.choices])


class AgreementFilter(FilterForm):
    search = search_field(_("Merchant"))
    status = choice_field(_("Status"), AgreementStatus.choices)


class ClaimFilter(FilterForm):
    search = search_field(_("Merchant"))
    status = choice_field(_("Status"), ClaimStatus.choices)

    def __init__(self, data: Any, guarantors: list[str]) -> None:
        super().__init__(data)
        choices = [(name, name) for name in guarantors]
        self.fields["guarantor"] = choice_field(_("Guarantor"), choices)


class AccountFilter(FilterForm):
    search = search_field(_("Merchant"))


class ChannelForm(forms.Form):
    """What is wrong is said under the field, by the operation as well."""

    use_required_attribute = False

    def offer(self, found: Channels) -> None:
        """Fill choices from what the merchant has."""


class MandateForm(ChannelForm):
    account_no = forms.CharField(
        label=_("Account to debit"),
        min_length=8,
        max_length=32,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Goes to the bank; only its last four digits stay here."),
    )


class _DrawdownForm(ChannelForm):
    drawdown = forms.ChoiceField(label=_("Order"))

    def offer(self, found: Channels) -> None:
        choices = [(one.id, one.order_no) for one in found.drawdowns]
        self.fields["drawdown"].choices = choices  # type: ignore[attr-defined]


class CollectForm(_DrawdownForm):
    amount = YuanField(
        label=_("Amount ¥"),
        required=False,
        help_text=_("Empty: what is due today, or else the next installment."),
    )


class AgreementForm(ChannelForm):
    percent = forms.DecimalField(
        label=_("Share of each sale %"),
        min_value=Decimal("0.01"),
        max_value=100,
        max_digits=5,
        decimal_places=2,
        help_text=_("It replaces the share agreed before, from the next sale on."),
    )


class AccountForm(ChannelForm):
    lender = forms.ChoiceField(label=_("Lender"))

    def offer(self, found: Channels) -> None:
        choices = [(one.id, one.name) for one in found.without_account]
        self.fields["lender"].choices = choices  # type: ignore[attr-defined]


class PayoutForm(_DrawdownForm):
    guarantor = forms.CharField(label=_("Guarantor"), max_length=100)
    amount = YuanField(label=_("Paid ¥"))
    external_id = forms.CharField(
        label=_("Number of the payment"),
        max_length=64,
        help_text=_("As the bank names it; the same number counts once."),
    )


class RecoveryForm(ChannelForm):
    amount = YuanField(label=_("Given back ¥"))
    external_id = forms.CharField(
        label=_("Number of the payment"),
        max_length=64,
        help_text=_("As the guarantor names it; the same number counts once."),
    )


FORMS: Final[dict[str, type[ChannelForm]]] = {
    "sign": MandateForm,
    "end": ChannelForm,
    "collect": CollectForm,
    "agree": AgreementForm,
    "stop": ChannelForm,
    "account": AccountForm,
    "payout": PayoutForm,
}


def form_of(name: str, found: Channels, data: Any = None, initial: Any = None) -> ChannelForm:
    """The form of an act; ids differ, because a page shows several."""
    form = FORMS[name](data, initial=initial, auto_id=f"{name}-%s")
    form.offer(found)
    return form
