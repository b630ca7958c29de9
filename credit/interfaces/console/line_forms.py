"""One form per act on a line, each with its reason."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import SuspensionReason
from credit.interfaces.console.act_forms import ReasonForm, YuanField
from tenants.forms import DateInput


class LimitForm(ReasonForm):
    limit = YuanField(label=_("New limit ¥"), from_zero=True)
    field_order = ("limit", "reason")


class TemporaryForm(ReasonForm):
    amount = YuanField(label=_("On top of the limit ¥"))
    from_on = forms.DateField(label=_("From"), widget=DateInput())
    until_on = forms.DateField(
        label=_("Until"), widget=DateInput(), help_text=_("The first day without it.")
    )
    field_order = ("amount", "from_on", "until_on", "reason")


class SuspendForm(ReasonForm):
    because = forms.ChoiceField(label=_("Because"), choices=SuspensionReason.choices)
    field_order = ("because", "reason")


class CapForm(ReasonForm):
    cap = YuanField(
        label=_("Cap across all lines ¥"),
        from_zero=True,
        required=False,
        help_text=_("Leave empty to lift the cap."),
    )
    field_order = ("cap", "reason")


FORMS: Final[dict[str, type[ReasonForm]]] = {
    "limit": LimitForm,
    "temporary": TemporaryForm,
    "suspend": SuspendForm,
    "resume": ReasonForm,
    "close": ReasonForm,
    "cap": CapForm,
    "end": ReasonForm,
}


def form_of(kind: str, data: Any = None, initial: Any = None) -> ReasonForm:
    """The form of an act; ids differ, because a page shows several."""
    return FORMS[kind](data, initial=initial, auto_id=f"{kind}-%s")
