"""Experiments: what is tried and was, the form that proposes one, starting and stopping."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from risk.domain.experiment import Arm
from risk.enums import ArmKind
from risk.errors import ExperimentNotFound
from risk.operations import experiments as operations
from risk.queries.experiments import choices, list_experiments
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.forms import DateInput

LIST: Final = "console:experiment-list"
_PROBLEMS: Final = {
    "arms": gettext_lazy("Give at least one arm a share."),
    "share": gettext_lazy("The shares leave nothing for what is in force, or an arm has none."),
    "explored": gettext_lazy("At most five in a hundred are explored."),
    "max_pd": gettext_lazy("Exploration needs the highest PD it lends up to."),
    "limit": gettext_lazy("Exploration needs the limit it gives."),
    "budget": gettext_lazy("Exploration needs a budget, and nothing else does."),
    "until_at": gettext_lazy("It has to end after it begins."),
    "stop_bad_rate": gettext_lazy("The rate that stops it lies above 0 and up to 100 %."),
}


def _percent(label: Any, **limits: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, required=False, decimal_places=2, **limits)


def _yuan(label: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, required=False, min_value=0, max_value=10**9, decimal_places=2
    )


class ExperimentForm(forms.Form):
    """Up to three arms beside the control; what has no share is no arm."""

    use_required_attribute = False
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    hypothesis = forms.CharField(label=gettext_lazy("What you expect"), max_length=500)
    from_on = forms.DateField(label=gettext_lazy("From"), widget=DateInput())
    until_on = forms.DateField(label=gettext_lazy("Until, exclusive"), widget=DateInput())
    policy = forms.ChoiceField(label=gettext_lazy("Another policy"), required=False)
    policy_share = _percent(gettext_lazy("Its share, %"), min_value=0, max_value=100)
    scorecard = forms.ChoiceField(label=gettext_lazy("Another scorecard"), required=False)
    scorecard_share = _percent(gettext_lazy("Its share, %"), min_value=0, max_value=100)
    explore_share = _percent(gettext_lazy("Exploration, share %"), min_value=0, max_value=5)
    explore_pd = _percent(gettext_lazy("It lends up to a PD of, %"), min_value=0, max_value=100)
    explore_limit = _yuan(gettext_lazy("The limit it gives, ¥"))
    budget = _yuan(gettext_lazy("Expected loss it may cost, ¥"))
    stop_rate = forms.DecimalField(
        label=gettext_lazy("Stop when an arm surely loses more than, %"), min_value=0,
        max_value=100, decimal_places=2,
    )  # fmt: skip
    stop_count = forms.IntegerField(
        label=gettext_lazy("Stop at so many bad ones in an arm"), min_value=1, max_value=100_000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for kind, found in choices().items():
            rows = [(key, _("Version %(number)s") % {"number": no}) for key, no in found]
            self.fields[kind.value].choices = [("", "—"), *rows]  # type: ignore[attr-defined]

    def arms(self) -> list[Arm]:
        """The arms that were given a share."""
        said, found = self.cleaned_data, []
        for kind in (ArmKind.POLICY, ArmKind.SCORECARD):
            share = _share(said.get(f"{kind}_share"))
            if share or said.get(str(kind)):
                found.append(
                    Arm(name=str(kind), kind=kind, share=share, version_id=said.get(str(kind), ""))
                )
        if share := _share(said.get("explore_share")):
            found.append(
                Arm(
                    name=str(ArmKind.EXPLORE), kind=ArmKind.EXPLORE, share=share,
                    max_pd=(said.get("explore_pd") or Decimal(0)) / 100,
                    limit_minor=_minor(said.get("explore_limit")),
                )
            )  # fmt: skip
        return found


@require_http_methods(["GET", "POST"])
@console_view(Role.STAFF)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Every experiment, and the form for the next one; what is refused stays as it was typed."""
    form = ExperimentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _proposed(request, form):
        return redirect(LIST)
    context = {"rows": list_experiments(), "form": form, "me": request.member.id}
    status = 422 if request.method == "POST" else 200
    return render(request, "console/risk/experiments.html", context, status=status)


@require_POST
@console_view(Role.STAFF)
def act(request: ConsoleRequest, experiment_id: str, verb: str) -> HttpResponse:
    """Start or stop."""
    by: dict[str, Any] = {
        "experiment_id": experiment_id, "actor": request.member.id, "at": clock.now(),
    }  # fmt: skip
    try:
        if verb == "start":
            operations.start_experiment(**by)
            said = _("It runs. From the next decision on each company is decided in its arm.")
        elif verb == "stop":
            operations.stop_experiment(reason=request.POST.get("reason", "")[:500], **by)
            said = _("Stopped. Everybody is decided as in force from now on.")
        else:
            raise Http404
    except ExperimentNotFound as refusal:
        raise Http404(say(refusal)) from None
    except DomainError as refusal:
        messages.error(request, say(refusal))
    else:
        messages.success(request, said)
    return redirect("console:experiment-detail", experiment_id)


def _proposed(request: ConsoleRequest, form: ExperimentForm) -> bool:
    said = form.cleaned_data
    try:
        operations.propose_experiment(
            name=said["name"], hypothesis=said["hypothesis"], arms=form.arms(),
            from_at=_morning(said["from_on"]), until_at=_morning(said["until_on"]),
            budget_minor=_minor(said["budget"]), stop_bad_rate=said["stop_rate"] / 100,
            stop_bad_count=said["stop_count"], actor=request.member.id, at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        problem = str(refusal.facts.get("problem", ""))
        form.add_error(None, str(_PROBLEMS.get(problem, say(refusal))))
        return False
    messages.success(request, _("Proposed. Another person starts it."))
    return True


def _morning(day: Any) -> datetime:
    return clock.moment_on(day, 0)


def _share(percent: Decimal | None) -> int:
    """A percentage with two places, in 1/10,000."""
    return int((percent or Decimal(0)) * 100)


def _minor(yuan: Decimal | None) -> int:
    return int((yuan or Decimal(0)) * 100)
