"""What people type into the pages of the pool."""

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ConsentBasis, PoolStatus, PoolTier
from tenants.forms import FilterForm, choice_field, search_field


class PoolFilter(FilterForm):
    tier = choice_field(_("Tier"), PoolTier.choices)
    status = choice_field(_("Status"), PoolStatus.choices)
    search = search_field(_("Beginning of the number"))


class PoolFileForm(forms.Form):
    file = forms.FileField(
        label=_("File of merchants"), widget=forms.FileInput(attrs={"accept": ".csv,.jsonl"})
    )


class ConfirmForm(forms.Form):
    consent_basis = forms.ChoiceField(
        label=_("On what ground may we have these merchants' data?"),
        choices=[("", _("Please choose")), *ConsentBasis.choices],
    )


class MemberReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500)
