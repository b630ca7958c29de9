"""The filter bar of the desk, and one small form for each act."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.domain.slots import START_HOURS, Slot
from campaigns.enums import CallOutcome, TicketKind, TicketStatus
from campaigns.queries.follow_ups import slot_of
from platform_app.kernel import clock
from platform_app.kernel.templatetags.money import day as day_words
from tenants.forms import DateInput, FilterForm, choice_field, day_field

MINE: Final = "mine"


class TicketFilter(FilterForm):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All that wait for us")), *TicketStatus.choices, ("all", _("All ever"))],
    )
    kind = choice_field(_("About"), TicketKind.choices)
    whose = choice_field(_("Whose"), [(MINE, _("Mine"))])


class DayFilter(FilterForm):
    on = day_field(_("Calls of"))


class AnswerForm(forms.Form):
    """An answer, once: the key travels with the form."""

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput)
    words = forms.CharField(
        label=_("Our answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 6})
    )


class PromiseForm(forms.Form):
    """Another day and hour by which the merchant has an answer, and why."""

    use_required_attribute = False
    key = forms.CharField(widget=forms.HiddenInput)
    on = forms.DateField(label=_("Answer on"), widget=DateInput())
    hour = forms.TypedChoiceField(
        label=_("by the hour of"),
        coerce=int,
        choices=[(hour, f"{hour}:00") for hour in range(10, 19)],
    )
    words = forms.CharField(
        label=_("What the merchant reads"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def told(self) -> dict[str, Any]:
        """As `promise_answer` takes it."""
        data = self.cleaned_data
        by_at = clock.moment_on(data["on"], data["hour"])
        return {"by_at": by_at, "words": data["words"], "key": data["key"]}


class CallForm(forms.Form):
    """What came of a call, and when the next one is."""

    use_required_attribute = False
    outcome = forms.ChoiceField(label=_("What came of it"), choices=CallOutcome.choices)
    next = forms.ChoiceField(label=_("Next call"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, data: Any = None, *, slots: Sequence[Slot], **more: Any) -> None:
        super().__init__(data, **more)
        field = self.fields["next"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 -- narrows for the type checker
        field.choices = [("", _("None")), *[(_value(one), _words(one)) for one in slots]]

    def told(self) -> dict[str, Any]:
        """As `record_call` takes it."""
        data = self.cleaned_data
        return {
            "outcome": data["outcome"],
            "note": data["note"],
            "next_slot": slot_of(data["next"]) if data["next"] else None,
        }


class CapacityForm(forms.Form):
    """How many calls one time of a day holds."""

    use_required_attribute = False
    on = forms.DateField(widget=forms.HiddenInput)
    hour = forms.TypedChoiceField(
        label=_("Time"),
        coerce=int,
        choices=[(hour, Slot(date.min, hour).words) for hour in START_HOURS],
    )
    capacity = forms.IntegerField(label=_("Calls"), min_value=0, max_value=40)


def _value(slot: Slot) -> str:
    return f"{slot.on.isoformat()}-{slot.hour}"


def _words(slot: Slot) -> str:
    return f"{day_words(slot.on)} {slot.words}"
