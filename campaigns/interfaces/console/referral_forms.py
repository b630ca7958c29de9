"""What an operator types about the referral program."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.enums import ReferralStatus
from campaigns.models import CouponBatch
from campaigns.operations.referral_program import ReferralTerms
from tenants.forms import FilterForm, choice_field


class ReferralFilter(FilterForm):
    status = choice_field(_("Status"), ReferralStatus.choices)


class TermsForm(forms.Form):
    """The terms that hold from now on, chosen from the batches that may be a reward."""

    use_required_attribute = False
    inviter_batch = forms.ChoiceField(
        label=_("Coupon for whoever invites"),
        help_text=_("Open batches with a fixed amount off, for orders of any size and every term."),
    )
    invitee_batch = forms.ChoiceField(label=_("Coupon for whoever is invited"))
    cap_count = forms.IntegerField(
        label=_("Invited merchants that count, a month"), min_value=1, max_value=50, initial=5
    )
    hold_days = forms.IntegerField(
        label=_("Days of waiting after the first shipped order"), min_value=7, max_value=90,
        initial=14,
    )  # fmt: skip
    window_days = forms.IntegerField(
        label=_("Days for the first order"), min_value=30, max_value=180, initial=90
    )
    entry_url = forms.CharField(
        label=_("Page it opens"), max_length=500, required=False,
        help_text=_("A page of the platform, on one of its allowed origins."),
    )  # fmt: skip

    def __init__(self, data: Any, batches: list[CouponBatch], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        choices = [(one.id, f"{one.name} · {one.code}") for one in batches]
        for name in ("inviter_batch", "invitee_batch"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def terms(self) -> ReferralTerms:
        said = dict(self.cleaned_data)
        batches = {f"{side}_batch_id": said.pop(f"{side}_batch") for side in ("inviter", "invitee")}
        return ReferralTerms(**batches, **said)
