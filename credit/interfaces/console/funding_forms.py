"""What our own staff write down about lenders and funding contracts."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import Component, FundingRole, LicenceType, ListingStatus, ProductKind
from credit.models import FundingSource
from credit.values import Listing, PartnershipTerms, SourceTerms
from platform_app.kernel.money import yuan_to_minor
from tenants.forms import DateInput


class YuanField(forms.CharField):
    """An amount in yuan, kept as fen; empty is none."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(label=label, required=False, max_length=24, widget=widget, **kwargs)

    def clean(self, value: Any) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return yuan_to_minor(text)
        except ValueError:
            raise forms.ValidationError(
                _("Please write an amount in yuan, like 1,000.00.")
            ) from None


def _day(label: Any, *, is_needed: bool) -> forms.DateField:
    return forms.DateField(label=label, required=is_needed, widget=DateInput())


def _percent(label: Any, **kwargs: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, min_value=0, max_value=100, decimal_places=6, initial=0, **kwargs
    )


class SourceForm(forms.Form):
    """A lender, as a draft."""

    name = forms.CharField(label=_("Name"), max_length=100)
    licence_type = forms.ChoiceField(label=_("Licence"), choices=LicenceType.choices)
    licence_no = forms.CharField(label=_("Licence number"), max_length=60, required=False)
    regulator = forms.CharField(label=_("Regulator"), max_length=100, required=False)
    complaint_phone = forms.CharField(label=_("Complaint phone"), max_length=30, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=FundingRole.choices)
    from_on = _day(_("Lends from"), is_needed=False)
    to_on = _day(_("Lends until"), is_needed=False)
    cap = YuanField(_("Cap in total ¥"), help_text=_("Empty: no cap of its own."))
    per_merchant_cap = YuanField(_("Cap per merchant ¥"))
    tier_one = YuanField(_("Tier-1 capital ¥"))
    product_kinds = forms.MultipleChoiceField(
        label=_("Only these products"),
        choices=ProductKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all its licence permits."),
    )

    def terms(self) -> SourceTerms:
        said = self.cleaned_data
        return SourceTerms(
            name=said["name"], licence_type=said["licence_type"], licence_no=said["licence_no"],
            regulator=said["regulator"], complaint_phone=said["complaint_phone"],
            role=said["role"], from_on=said["from_on"], to_on=said["to_on"],
            cap_minor=said["cap"], per_merchant_cap_minor=said["per_merchant_cap"],
            tier_one_minor=said["tier_one"], product_kinds=tuple(said["product_kinds"]),
        )  # fmt: skip


class CapForm(forms.Form):
    """What may be out with a lender."""

    cap = YuanField(_("Cap in total ¥"), help_text=_("Empty: no cap of its own."))
    per_merchant_cap = YuanField(_("Cap per merchant ¥"))


class ChannelForm(forms.Form):
    """Where a lender is told to pay. The secret is sealed and never shown again."""

    url = forms.URLField(label=_("Address (https)"), assume_scheme="https")
    key_id = forms.CharField(label=_("Key"), max_length=100)
    secret = forms.CharField(
        label=_("Secret"), max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class ListingForm(forms.Form):
    """What the lender's head office says of us, with what shows it."""

    listing_status = forms.ChoiceField(
        label=_("Our listing at the lender"), choices=ListingStatus.choices
    )
    listed_on = _day(_("Listed on"), is_needed=False)
    review_due_on = _day(_("Review due on"), is_needed=False)
    listing_evidence = forms.CharField(
        label=_("Evidence of the listing"), max_length=300, required=False,
        help_text=_("Where the list is to be seen: document, page, date."),
    )  # fmt: skip

    def listing(self) -> Listing:
        said = self.cleaned_data
        return Listing(
            status=said["listing_status"], listed_on=said["listed_on"],
            review_due_on=said["review_due_on"], evidence=said["listing_evidence"],
        )  # fmt: skip


class PartnershipForm(ListingForm):
    """A contract with one lender, or with two; the lead takes what cannot be shared out."""

    name = forms.CharField(label=_("Name"), max_length=100)
    lead = forms.ChoiceField(label=_("Lead lender"))
    co_lender = forms.ChoiceField(label=_("Co-lender"), required=False)
    principal = _percent(_("Co-lender's part of the principal %"), required=False)
    interest = _percent(_("… of the interest %"), required=False)
    penalty = _percent(_("… of the penalty interest %"), required=False)
    fee = _percent(_("… of the fees %"), required=False)
    least_share = YuanField(_("Least part of a party ¥"))
    from_on = _day(_("Runs from"), is_needed=True)
    to_on = _day(_("Runs until"), is_needed=False)
    service_fee = _percent(_("Our service fee, of the interest collected %"))
    holdback = _percent(_("Held back from the platform %"))
    first_loss = _percent(_("First loss borne by the platform %"))
    settlement_days = forms.IntegerField(
        label=_("Days to settlement"), min_value=0, max_value=30, initial=1
    )
    field_order = (
        "name", "lead", "co_lender", "principal", "interest", "penalty", "fee", "least_share",
        "from_on", "to_on", *ListingForm.base_fields, "service_fee", "holdback", "first_loss",
        "settlement_days",
    )  # fmt: skip

    def __init__(self, data: Any, sources: list[FundingSource]) -> None:
        super().__init__(data)
        choices = [(source.id, source.name) for source in sources]
        self.fields["lead"] = forms.ChoiceField(label=_("Lead lender"), choices=choices)
        self.fields["co_lender"] = forms.ChoiceField(
            label=_("Co-lender"), required=False, choices=[("", _("None")), *choices]
        )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("co_lender") and said.get("co_lender") == said.get("lead"):
            self.add_error("co_lender", _("The co-lender must be another lender."))
        return said

    def terms(self) -> PartnershipTerms:
        said = self.cleaned_data
        return PartnershipTerms(
            name=said["name"], lead_id=said["lead"], residual_id=said["lead"],
            fractions=self._fractions(), from_on=said["from_on"], to_on=said["to_on"],
            listing=self.listing(),
            least_share_minor=said["least_share"] or 0,
            service_fee_share=said["service_fee"] / 100,
            holdback_share=said["holdback"] / 100,
            first_loss_share=said["first_loss"] / 100,
            settlement_days=said["settlement_days"],
        )  # fmt: skip

    def _fractions(self) -> dict[str, dict[str, Decimal]]:
        said = self.cleaned_data
        other = said["co_lender"]
        if not other:
            return {said["lead"]: dict.fromkeys(Component.values, Decimal(1))}
        theirs = {key: (said[key] or Decimal(0)) / 100 for key in Component.values}
        return {said["lead"]: {key: 1 - part for key, part in theirs.items()}, other: theirs}
