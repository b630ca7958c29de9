"""Asking the merchant for a document or an answer."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import AskKind
from tenants.enums import AttachmentKind
from tenants.forms import DateInput

ASK_DAYS: Final = 7
ANSWER: Final = "answer"


class AskForm(forms.Form):
    """What is asked for: a kind of document, or an answer in words."""

    use_required_attribute = False
    prefix = "ask"
    what = forms.ChoiceField(
        label=_("What is missing"), choices=[*AttachmentKind.choices, (ANSWER, _("An answer"))]
    )
    message = forms.CharField(
        label=_("In words for the merchant"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    due_on = forms.DateField(label=_("By the end of"), widget=DateInput())

    def told(self) -> dict[str, Any]:
        """As `ask_merchant` takes it."""
        what = self.cleaned_data["what"]
        return {
            "kind": AskKind.ANSWER if what == ANSWER else AskKind.DOCUMENT,
            "document_kind": "" if what == ANSWER else what,
            "message": self.cleaned_data["message"],
            "due_on": self.cleaned_data["due_on"],
        }
