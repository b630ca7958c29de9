"""What is filled in on the sandbox's page."""

from datetime import datetime, timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.enums import Scenario
from platform_app.kernel import clock
from tenants.forms import DateInput
from tenants.operations.test_clocks import MOST_DAYS

MORNING = 10


class ClockForm(forms.Form):
    name = forms.CharField(label=_("Name of the clock"), max_length=80)


class AdvanceForm(forms.Form):
    """A number of days, from a button; or a day, whose morning is meant."""

    days = forms.IntegerField(required=False, min_value=1, max_value=MOST_DAYS)
    to = forms.DateField(
        label=_("Advance to 10:00 on"), required=False, widget=DateInput(),
        help_text=_("62 days further at most."),
    )  # fmt: skip

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if not given.get("days") and not given.get("to") and not self.errors:
            self.add_error("to", _("Choose a day."))

    def target(self, now: datetime) -> datetime:
        """The moment that was meant."""
        if self.cleaned_data["days"]:
            return now + timedelta(days=self.cleaned_data["days"])
        return clock.moment_on(self.cleaned_data["to"], MORNING)


class SimulationForm(forms.Form):
    scenario = forms.ChoiceField(choices=Scenario.choices)
    answer = forms.CharField(required=False)
