"""One form per servicing act: words and amounts in, an `Asked` out."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credit.domain.derived import COMPONENTS, Derived, EventKind
from credit.enums import Component
from credit.models import LoanEvent
from credit.operations.servicing_acts import Asked
from credit.operations.servicing_rules import LONGEST_MOVE_DAYS, MOST_INSTALLMENTS
from platform_app.kernel.money import format_yuan, yuan_to_minor
from tenants.forms import DateInput

MOST_YUAN_DIGITS = 18


class YuanField(forms.CharField):
    """An amount as people write it, `1,280.50`; cleans to fen above zero (or from zero on)."""

    def __init__(self, *, from_zero: bool = False, **kwargs: Any) -> None:
        self.least = 0 if from_zero else 1
        attrs = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "0.00"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attrs))
        super().__init__(max_length=MOST_YUAN_DIGITS, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = yuan_to_minor(text)
        except ValueError:
            raise forms.ValidationError(_("Enter an amount in yuan, such as 1,280.00.")) from None
        if amount < self.least:
            raise forms.ValidationError(_("Enter an amount above zero."))
        return amount


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The drawdown a form is about: its live answer, its events, and the fees that were signed."""

    answer: Derived
    events: list[LoanEvent]
    undone: dict[int, str]
    fees: list[tuple[str, str]]


class ActForm(forms.Form):
    """Fields of one act; `asked` puts them as an operation wants them."""

    use_required_attribute = False
    kind: ClassVar[str]

    def __init__(self, subject: Subject, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.subject = subject
        self.prepare()

    def prepare(self) -> None:
        """Fill choices from the drawdown."""

    def details(self) -> dict[str, Any]:
        return {}

    def asked(self) -> Asked:
        said = self.cleaned_data
        return Asked(
            kind=cast("EventKind", self.kind),
            amount_minor=said.get("amount") or 0,
            details=self.details(),
            value_on=said.get("value_on"),
        )

    def choose(self, name: str, choices: list[tuple[str, Any]]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = choices


def _counts_from() -> forms.DateField:
    return forms.DateField(
        label=_("Counts from"),
        required=False,
        widget=DateInput(),
        help_text=_("Today when left empty. An earlier day works everything out anew since then."),
    )


class AmountForm(ActForm):
    amount = YuanField(label=_("Amount ¥"))
    value_on = _counts_from()


class RefundForm(AmountForm):
    kind = "refund"


class PayoutRefundForm(AmountForm):
    kind = "payout_refund"


class GoodwillForm(AmountForm):
    kind = "goodwill"


class OverpaymentForm(ActForm):
    kind = "overpayment_refund"
    amount = YuanField(label=_("Amount ¥"))


class FeeForm(ActForm):
    kind = "fee"
    code = forms.ChoiceField(label=_("Fee"), help_text=_("Only what the signed cost sheet lists."))
    amount = YuanField(label=_("Amount ¥"))
    due_on = forms.DateField(label=_("Due on"), required=False, widget=DateInput())

    def prepare(self) -> None:
        self.choose("code", [*self.subject.fees])

    def details(self) -> dict[str, Any]:
        due_on: date | None = self.cleaned_data["due_on"]
        return {
            "code": self.cleaned_data["code"],
            "due_on": due_on.isoformat() if due_on else None,
        }


class WaiverForm(ActForm):
    kind = "waiver"
    component = forms.ChoiceField(label=_("What is forgiven"))
    amount = YuanField(label=_("Amount ¥"))
    value_on = _counts_from()

    def prepare(self) -> None:
        owed = {part: self.subject.answer.owed_minor(part) for part in COMPONENTS}
        choices = [
            (part.value, f"{Component(part.value).label} · ¥{format_yuan(amount)}")
            for part, amount in owed.items()
            if amount > 0
        ]
        self.choose("component", choices)

    def details(self) -> dict[str, Any]:
        return {"component": self.cleaned_data["component"]}


class RateForm(ActForm):
    kind = "rate_change"
    percent = forms.DecimalField(
        label=_("New annual rate %"), min_value=0, max_value=100, max_digits=7, decimal_places=4
    )
    value_on = _counts_from()

    def details(self) -> dict[str, Any]:
        percent: Decimal = self.cleaned_data["percent"]
        return {"rate": str(percent / 100)}


class PauseForm(ActForm):
    kind = "pause"
    value_on = _counts_from()
    until_on = forms.DateField(
        label=_("Until"),
        widget=DateInput(),
        help_text=_("The first day that bears interest again."),
    )

    def details(self) -> dict[str, Any]:
        return {"due_on": self.cleaned_data["until_on"].isoformat()}


class ExtensionForm(ActForm):
    kind = "extension"
    row_seq = forms.ChoiceField(label=_("From installment"))
    days = forms.IntegerField(label=_("Days later"), min_value=1, max_value=LONGEST_MOVE_DAYS)

    def prepare(self) -> None:
        open_rows = [row for row in self.subject.answer.rows if row.unpaid_minor]
        self.choose(
            "row_seq", [(str(row.seq), f"#{row.seq} · {row.due_on:%Y-%m-%d}") for row in open_rows]
        )

    def details(self) -> dict[str, Any]:
        return {"row_seq": int(self.cleaned_data["row_seq"]), "days": self.cleaned_data["days"]}


class RestructureForm(ActForm):
    kind = "restructure"
    method = forms.ChoiceField(
        label=_("How it is repaid"),
        choices=[
            ("equal_installment", _("Equal installments")),
            ("equal_principal", _("Equal principal")),
            ("interest_first", _("Interest first, principal at the end")),
            ("bullet", _("All at the end")),
        ],
    )
    installments = forms.IntegerField(
        label=_("Number of installments"), min_value=1, max_value=MOST_INSTALLMENTS
    )
    every = forms.IntegerField(label=_("One every"), min_value=1, max_value=365, initial=1)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("month", _("months")), ("week", _("weeks")), ("day", _("days"))]
    )

    def details(self) -> dict[str, Any]:
        names = ("method", "installments", "every", "unit")
        return {"plan": {name: self.cleaned_data[name] for name in names}}


class WriteOffForm(ActForm):
    kind = "write_off"


class ReversalForm(ActForm):
    kind = "reversal"
    event = forms.ChoiceField(label=_("What is undone"))

    def prepare(self) -> None:
        self.choose(
            "event",
            [
                (
                    one.id,
                    f"#{one.seq} {one.get_kind_display()} · {one.value_on:%Y-%m-%d}{_sum(one)}",
                )
                for one in reversed(self.subject.events)
                if one.kind not in {"capture", "reversal"} and one.seq not in self.subject.undone
            ],
        )

    def details(self) -> dict[str, Any]:
        return {"event": self.cleaned_data["event"]}


def _sum(event: LoanEvent) -> str:
    return f" · ¥{format_yuan(event.amount_minor)}" if event.amount_minor else ""


class ReasonForm(forms.Form):
    """Why: kept in the audit chain with the act."""

    use_required_attribute = False
    reason = forms.CharField(
        label=_("Reason"),
        min_length=4,
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("Kept for ever with the act."),
    )


FORMS: Final[dict[str, type[ActForm]]] = {
    form.kind: form
    for form in (
        RefundForm, PayoutRefundForm, OverpaymentForm, FeeForm, WaiverForm, GoodwillForm,
        PauseForm, ExtensionForm, RestructureForm, RateForm, WriteOffForm, ReversalForm,
    )
}  # fmt: skip
# Where the field a refusal names is called otherwise on the form.
FIELD_OF: Final = {"annual_rate": "percent", "plan": "installments"}


def say_where(form: ActForm, field: str | None, text: str) -> None:
    """Put a refusal under the field it is about, or above the form."""
    name = FIELD_OF.get(field or "", field)
    form.add_error(name if name in form.fields else None, gettext(text))
