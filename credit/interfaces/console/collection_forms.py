"""The filter bar of the worklist, and one small form for each act on a case."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import ContactChannel, ContactResult, DisputeReason
from platform_app.kernel.money import yuan_to_minor
from tenants.forms import DateInput, FilterForm, choice_field, search_field

PEOPLE = [
    ("", _("Whoever answers")),
    ("finance_contact", _("Finance contact")),
    ("applicant", _("Applicant")),
    ("legal_representative", _("Legal representative")),
]
Choices = Sequence[tuple[Any, Any]]


class WorkFilter(FilterForm):
    search = search_field(_("Merchant"))
    promise = choice_field(
        _("Promise"),
        [
            ("due", _("Due today or tomorrow")),
            ("open", _("Open")),
            ("broken", _("Last one broken")),
        ],
    )

    def __init__(self, data: Any, *, buckets: Choices, owners: Choices) -> None:
        super().__init__(data)
        self.fields["bucket"] = choice_field(_("Days past due"), buckets)
        whose = [*owners, ("none", _("Nobody yet")), ("agency", _("An agency"))]
        self.fields["owner"] = choice_field(_("Owner"), whose)
        self.order_fields(["search", "bucket", "owner", "promise"])


class YuanField(forms.CharField):
    """An amount in yuan, cleaned to fen."""

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        try:
            return yuan_to_minor(text)
        except ValueError:
            raise forms.ValidationError(_("Enter an amount in yuan, such as 1,280.00.")) from None


def _text(label: Any, *, required: bool = True) -> forms.CharField:
    return forms.CharField(label=label, required=required, max_length=500)


class ActForm(forms.Form):
    """A form of the case page: what is wrong is said under the field, by the operation."""

    use_required_attribute = False


class AssignForm(ActForm):
    reason = _text(_("Reason, when it changes hands"), required=False)

    def __init__(self, data: Any = None, *, members: Choices = (), **rest: Any) -> None:
        super().__init__(data, **rest)
        self.fields["member"] = forms.ChoiceField(label=_("Owner"), choices=list(members))
        self.order_fields(["member", "reason"])


class PlaceForm(ActForm):
    agency = _text(_("Agency"))
    reason = _text(_("Reason"))


class ContactForm(ActForm):
    channel = forms.ChoiceField(label=_("Channel"), choices=ContactChannel.choices)
    person_role = forms.ChoiceField(label=_("Person"), choices=PEOPLE, required=False)


class ResultForm(ActForm):
    contact = forms.CharField(widget=forms.HiddenInput)
    result = forms.ChoiceField(label=_("Result"), choices=ContactResult.choices)
    note = _text(_("Note"), required=False)


class IncomingForm(ActForm):
    channel = forms.ChoiceField(label=_("Channel"), choices=ContactChannel.choices)
    note = _text(_("What was said"))


class PromiseForm(ActForm):
    amount = YuanField(label=_("Amount ¥"), widget=forms.TextInput(attrs={"inputmode": "decimal"}))
    by_on = forms.DateField(label=_("Paid by"), widget=DateInput())
    note = _text(_("Note"), required=False)


class IdForm(ActForm):
    id = forms.CharField(widget=forms.HiddenInput)


class AnswerForm(IdForm):
    answer = _text(_("Answer to the merchant"), required=False)


class DisputeForm(ActForm):
    reason = forms.ChoiceField(label=_("What is disputed"), choices=DisputeReason.choices)
    words = _text(_("In the merchant's words"))

    def __init__(self, data: Any = None, *, drawdowns: Choices = (), **rest: Any) -> None:
        super().__init__(data, **rest)
        self.fields["drawdown"] = forms.ChoiceField(label=_("Order"), choices=list(drawdowns))
        self.order_fields(["drawdown", "reason", "words"])


class BlockForm(ActForm):
    channel = forms.ChoiceField(label=_("Channel"), choices=ContactChannel.choices)
    person_role = forms.ChoiceField(label=_("Person"), choices=PEOPLE, required=False)
    reason = _text(_("Reason"))
