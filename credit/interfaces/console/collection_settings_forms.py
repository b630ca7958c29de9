"""One form for the conduct rules, one for each ladder: words and days in, domain values out."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.domain.contact_guard import CollectionRules
from credit.domain.delinquency import Ladder, Step
from credit.enums import CollectionStage, DebtClass
from credit.interfaces.console.act_forms import ReasonForm
from tenants.enums import Role

_LONGEST: Final = 9_999


def _count(label: Any, least: int, most: int, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=least, max_value=most, help_text=help_text)


class RulesForm(ReasonForm):
    """What the law sets is refused by the operation, with its reason."""

    quiet_from_hour = _count(_("Nobody is contacted from"), 1, 23, _("Hour; at the latest 22."))
    quiet_until_hour = _count(_("until"), 1, 23, _("Hour of the next day; at the earliest 8."))
    calls_per_day = _count(_("Calls per case and day"), 0, 20)
    texts_per_day = _count(_("Text messages per case and day"), 0, 20)
    collector_roles = forms.MultipleChoiceField(
        label=_("Who may collect"), widget=forms.CheckboxSelectMultiple
    )
    contagion_days = _count(_("One bad order marks all from days past due"), 1, _LONGEST)
    promise_days = _count(_("A promise may lie ahead, days"), 1, 365)
    extension_days = _count(_("Longest extension a merchant may ask, days"), 1, 365)
    field_order = (
        "quiet_from_hour", "quiet_until_hour", "calls_per_day", "texts_per_day", "contagion_days",
        "promise_days", "extension_days", "collector_roles", "reason",
    )  # fmt: skip

    def __init__(self, data: Any, standing: CollectionRules) -> None:
        super().__init__(data, initial=asdict(standing), auto_id="rules-%s")
        known = [(value, label) for value, label in Role.choices if value in _COLLECTORS]
        kept = [(role, role) for role in standing.collector_roles if role not in Role.values]
        self.fields["collector_roles"].choices = [*known, *kept]  # type: ignore[attr-defined]

    def rules(self) -> CollectionRules:
        said = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return CollectionRules(**said | {"collector_roles": tuple(said["collector_roles"])})


_COLLECTORS: Final = frozenset({Role.OWNER, Role.OPERATOR, Role.FINANCE, Role.STAFF})


class BucketForm(ReasonForm):
    starts = forms.CharField(
        label=_("Buckets begin at days past due"),
        max_length=120,
        help_text=_("Separated by commas; the first is 0."),
    )
    field_order = ("starts", "reason")

    def __init__(self, data: Any, standing: Ladder) -> None:
        begins = ", ".join(str(step.from_dpd) for step in standing.steps)
        super().__init__(data, initial={"starts": begins}, auto_id="bucket-%s")

    def clean_starts(self) -> list[int]:
        words = self.cleaned_data["starts"].replace("，", ",").split(",")
        try:
            return [int(word) for word in words]
        except ValueError:
            raise forms.ValidationError(_("Write whole days, like 0, 1, 31.")) from None


class StepsForm(ReasonForm):
    """A row per code; a code whose first day is left empty is not used."""

    def __init__(self, data: Any, standing: Ladder, codes: Sequence[tuple[str, Any]]) -> None:
        kind = "stage" if codes == CollectionStage.choices else "class"
        super().__init__(data, auto_id=f"{kind}-%s")
        self.codes = [code for code, _label in codes]
        self.has_rhythm = kind == "stage"
        steps = {step.code: step for step in standing.steps}
        for code, label in codes:
            self._add(code, label, steps.get(code))
        self.order_fields([name for name in self.fields if name != "reason"])

    def _add(self, code: str, label: Any, step: Step | None) -> None:
        self.fields[f"from_{code}"] = forms.IntegerField(
            label=label, required=False, min_value=0, max_value=_LONGEST,
            initial=None if step is None else step.from_dpd,
        )  # fmt: skip
        if self.has_rhythm:
            self.fields[f"every_{code}"] = forms.IntegerField(
                label=label, required=False, min_value=1, max_value=90,
                initial=None if step is None else step.contact_every_days,
            )  # fmt: skip

    def rows(self) -> list[tuple[Any, Any]]:
        """The fields of each code: its first day, and how often a case is worked there."""
        return [
            (self[f"from_{code}"], self[f"every_{code}"] if self.has_rhythm else None)
            for code in self.codes
        ]

    def steps(self) -> list[Step]:
        said = self.cleaned_data
        used = [code for code in self.codes if said[f"from_{code}"] is not None]
        return [Step(said[f"from_{code}"], code, said.get(f"every_{code}") or 0) for code in used]


def form_of(name: str, data: Any, rules: CollectionRules, ladders: dict[str, Ladder]) -> ReasonForm:
    """The form of one setting, filled with what is in force."""
    if name == "rules":
        return RulesForm(data, rules)
    if name == "bucket":
        return BucketForm(data, ladders[name])
    codes = CollectionStage.choices if name == "stage" else DebtClass.choices
    return StepsForm(data, ladders[name], codes)
