"""Rows of a product's terms that people add and remove: fees, and where payments go."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from credit.domain.allocation import AllocationRule, Component, FutureRule
from credit.domain.terms import ProductTerms
from credit.interfaces.console.product_words import (
    CREDITS,
    FUTURES,
    TIMINGS,
    component,
    usual_parts,
)

BLANK_FEES: Final = 1
PLACES: Final = ("first", "second", "third", "fourth")


class FeeForm(forms.Form):
    """One fee. A row without a code is no fee."""

    code = forms.RegexField(
        r"\A[a-z]+(_[a-z0-9]+)*\Z",
        label=_("Code"),
        required=False,
        max_length=40,
        error_messages={"invalid": _("Like service_fee: letters, numbers, underscores.")},
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=40)
    timing = forms.ChoiceField(
        label=_("When"), choices=[(str(key), words) for key, words in TIMINGS.items()]
    )
    payee = forms.CharField(label=_("Collected by"), required=False, max_length=100)
    amount = forms.DecimalField(
        label=_("Amount ¥"), required=False, min_value=0, max_digits=12, decimal_places=2
    )
    percent = forms.DecimalField(
        label=_("Share of the principal %"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=4,
    )

    def clean(self) -> dict[str, Any]:
        """A row with a code says what it is called, who collects it, and what it costs."""
        given: dict[str, Any] = self.cleaned_data
        if not given.get("code"):
            return given
        for name in ("name", "payee"):
            if not given.get(name):
                self.add_error(name, _("Needed for this fee."))
        if not (given.get("amount") or given.get("percent") or self.errors):
            self.add_error("amount", _("An amount, a share, or both."))
        return given

    def stored(self) -> dict[str, Any]:
        """The row as ProductTerms keeps it."""
        given = self.cleaned_data
        return {
            "code": given["code"],
            "name": given["name"],
            "timing": given["timing"],
            "payee": given["payee"],
            "amount_minor": int((given["amount"] or Decimal(0)).scaleb(2)),
            "share_rate": f"{((given['percent'] or Decimal(0)) / 100).normalize():f}",
        }


class RuleForm(forms.Form):
    """The order in which one kind of payment clears. A row without a kind is no rule."""

    credit = forms.ChoiceField(
        label=_("Payment"), required=False, choices=[("", _("None")), *CREDITS.items()]
    )
    future = forms.ChoiceField(
        label=_("What comes early goes to"),
        choices=[(str(key), words) for key, words in FUTURES.items()],
        initial=FutureRule.NEXT.value,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(part.value, component(part)) for part in Component]
        for place, part in zip(PLACES, Component, strict=True):
            self.fields[place] = forms.ChoiceField(
                label=_("Clears first") if place == "first" else _("then"),
                choices=parts,
                initial=part.value,
            )
        self.order_fields(["credit", *PLACES, "future"])

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = self.cleaned_data
        parts = [given[place] for place in PLACES if given.get(place)]
        if given.get("credit") and len(set(parts)) != len(parts):
            self.add_error("fourth", _("Each of the four once."))
        return given

    def stored(self, before: dict[str, Any] | None) -> dict[str, Any]:
        """The rule as ProductTerms keeps it; an order of its own kind stays while untouched."""
        given = self.cleaned_data
        if before is not None and not self.has_changed():
            return before
        order = AllocationRule.of(" ".join(given[place] for place in PLACES)).order
        return {"credit": given["credit"], "order": list(order), "future": given["future"]}


FeeForms = forms.formset_factory(FeeForm, extra=BLANK_FEES)
RuleForms = forms.formset_factory(RuleForm, extra=1)


def fees_formset(data: Any, terms: dict[str, Any]) -> Any:
    """The fees as rows, with room for another."""
    stored = ProductTerms.from_json(terms).fees
    initial = [
        {
            "code": fee.code,
            "name": fee.name,
            "timing": fee.timing.value,
            "payee": fee.payee,
            "amount": Decimal(fee.amount_minor).scaleb(-2),
            "percent": (fee.share_rate * 100).normalize(),
        }
        for fee in stored
    ]
    return FeeForms(data, initial=initial, prefix="fee")


def rules_formset(data: Any, terms: dict[str, Any]) -> Any:
    """The allocation rules as rows, with room for another."""
    stored = ProductTerms.from_json(terms).allocation
    return RuleForms(data, initial=[_initial(one) for one in stored], prefix="rule")


def _initial(one: AllocationRule) -> dict[str, Any]:
    parts: Sequence[Component] = usual_parts(one.order) or tuple(
        dict.fromkeys(Component(word.rpartition("_")[2]) for word in one.order)
    )
    places = {place: part.value for place, part in zip(PLACES, parts, strict=True)}
    return {"credit": one.credit, "future": one.future.value, **places}


def stored_fees(fees: Any) -> list[dict[str, Any]]:
    """The fees that were typed, as ProductTerms keeps them."""
    return [row.stored() for row in fees if row.cleaned_data.get("code")]


def stored_rules(rules: Any, terms: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules that were typed, as ProductTerms keeps them."""
    before: list[dict[str, Any]] = ProductTerms.from_json(terms).to_json()["allocation"]
    padded = [*before, *[None] * len(rules)]
    return [
        row.stored(old)
        for row, old in zip(rules, padded, strict=False)
        if row.cleaned_data.get("credit")
    ]
