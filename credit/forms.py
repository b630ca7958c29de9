"""What staff fill in to propose a change of caps or LPR."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import CapKind, CapSeverity, LprTerm, ProductKind, ReferenceKind
from tenants.forms import DateInput


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)


class LprRateForm(ReasonForm):
    """A published LPR. The value is an annual fraction: 0.03 is 3 %."""

    term = forms.ChoiceField(label=_("Term"), choices=LprTerm.choices)
    on = forms.DateField(label=_("Published on"), widget=DateInput())
    value = forms.DecimalField(
        label=_("Value"), help_text=_("As an annual fraction: 0.03 is 3%."), decimal_places=8
    )
    source_url = forms.URLField(label=_("Where it was published"), assume_scheme="https")
    notice = forms.CharField(label=_("Notice"), required=False, max_length=500)


class CapRuleForm(ReasonForm):
    """A cap. With the id of a rule that stands, that rule is rewritten."""

    id = forms.CharField(label=_("Rule to rewrite (its id, or nothing)"), required=False)
    licence_type = forms.CharField(label=_("Licence type"), max_length=40)
    product_kind = forms.ChoiceField(
        label=_("Kind of product"), choices=[("", _("All")), *ProductKind.choices], required=False
    )
    from_on = forms.DateField(label=_("From"), widget=DateInput())
    to_on = forms.DateField(label=_("Until before"), widget=DateInput(), required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=CapKind.choices)
    value = forms.DecimalField(
        label=_("Value"),
        help_text=_("A fixed cap as an annual fraction (0.24 is 24%), or the multiple of the LPR."),
        decimal_places=8,
    )
    severity = forms.ChoiceField(label=_("Severity"), choices=CapSeverity.choices)
    basis = forms.CharField(label=_("What the rule says"), max_length=300)
    source = forms.CharField(label=_("Where it says so"), max_length=300)


FORMS: dict[str, type[ReasonForm]] = {
    ReferenceKind.LPR_RATE: LprRateForm,
    ReferenceKind.CAP_RULE: CapRuleForm,
}


def payload_of(form: ReasonForm) -> dict[str, Any]:
    """What was typed, as the JSON of a change: days and numbers as text, empty fields left out."""
    given = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
    return {name: str(value) for name, value in given.items() if value not in {None, ""}}
