"""Forms of the product pages: the terms of a draft, its options, what a preview is asked for."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Self

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from credit.domain.terms import ProductTerms
from credit.enums import ProductKind
from credit.interfaces.console.product_fields import METHODS, TERM_FIELDS, UNITS, option_words
from credit.interfaces.console.product_rows import (
    fees_formset,
    rules_formset,
    stored_fees,
    stored_rules,
)
from credit.models import ProductVersion
from tenants.forms import DateInput

PERCENT: Final = Decimal(100)
BLANK_OPTIONS: Final = 2
SAMPLE_YUAN: Final = Decimal(10_000)
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
HIGHEST_YUAN: Final = Decimal(1_000_000_000)


def rate_field(label: Any, help_text: Any = "") -> forms.DecimalField:
    """An annual rate, typed as a percentage."""
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=0, max_value=100, decimal_places=6
    )


class OptionForm(forms.Form):
    """One way to pay. A row without a code is no option."""

    code = forms.RegexField(
        r"\A[a-z]+(_[a-z]+)*(_\d{1,3})?\Z",
        label=_("Code"),
        required=False,
        error_messages={"invalid": _("Like bullet_45: letters, an underscore, a number.")},
    )
    method = forms.ChoiceField(
        label=_("Repayment method"), choices=[(str(key), words) for key, words in METHODS.items()]
    )
    installments = forms.IntegerField(
        label=_("Number of installments"), min_value=1, max_value=60, required=False
    )
    every = forms.IntegerField(label=_("Every"), min_value=1, max_value=366, required=False)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[(str(key), words) for key, words in UNITS.items()]
    )
    fixed_length = forms.IntegerField(
        label=_("Last due after (units)"), min_value=1, max_value=366, required=False
    )
    principal_grace = forms.IntegerField(
        label=_("Installments of interest only"), min_value=0, max_value=59, required=False
    )
    statement_day = forms.IntegerField(
        label=_("Cycle ends on day"), min_value=1, max_value=28, required=False
    )
    due_day = forms.IntegerField(
        label=_("Statement due on day"), min_value=1, max_value=28, required=False
    )

    def clean_principal_grace(self) -> int:
        return self.cleaned_data.get("principal_grace") or 0

    def clean(self) -> dict[str, Any]:
        """A row with a code says how many installments, and how far apart."""
        given: dict[str, Any] = self.cleaned_data
        for name in ("installments", "every") if given.get("code") else ():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, _("Needed for this option."))
        return given


OptionForms = forms.formset_factory(OptionForm, extra=BLANK_OPTIONS)


class TermsForm(forms.Form):
    """Every scalar of the terms from `TERM_FIELDS`, the price range, the lender."""

    funding_source = forms.ChoiceField(label=_("Lender"))
    lowest_rate = rate_field(_("Lowest annual rate, %"))
    highest_rate = rate_field(
        _("Highest annual rate, %"), _("The caps are judged over the whole range.")
    )

    def __init__(
        self, data: Any, *, version: ProductVersion, sources: list[tuple[str, str]]
    ) -> None:
        first: dict[str, Any] = {
            field.name: field.initial(version.terms[field.name]) for field in TERM_FIELDS
        }
        first["funding_source"] = version.funding_source_id
        for name in ("lowest_rate", "highest_rate"):
            rate = getattr(version, name)
            first[name] = None if rate is None else (rate * PERCENT).normalize()
        super().__init__(data, initial=first)
        self.fields["funding_source"] = forms.ChoiceField(label=_("Lender"), choices=sources)
        for field in TERM_FIELDS:
            self.fields[field.name] = field.form_field()

    @property
    def facts(self) -> dict[str, Any]:
        """What was typed, as the operation takes it; without the terms."""
        given = self.cleaned_data
        return {
            "funding_source_id": given["funding_source"],
            "lowest_rate": given["lowest_rate"] / PERCENT,
            "highest_rate": given["highest_rate"] / PERCENT,
        }


class NewProductForm(forms.Form):
    """What a product is; its terms are edited in the draft that follows."""

    name = forms.CharField(label=_("Name"), max_length=40)
    code = forms.RegexField(
        r"\A[a-z][a-z0-9_]{2,39}\Z",
        label=_("Code"),
        help_text=_("As the platform's server names it; it stays for ever."),
        error_messages={"invalid": _("Like order_credit: letters, numbers, underscores.")},
    )
    kind = forms.ChoiceField(label=_("Kind in law"), choices=ProductKind.choices)
    funding_source = forms.ChoiceField(label=_("Lender"))
    lowest_rate = rate_field(_("Lowest annual rate, %"))
    highest_rate = rate_field(_("Highest annual rate, %"))
    like = forms.ChoiceField(
        label=_("Start with the terms of"),
        required=False,
        help_text=_("A copy: changing one never changes the other."),
    )

    def __init__(
        self, data: Any, *, sources: list[tuple[str, str]], products: list[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["funding_source"].choices = sources  # type: ignore[attr-defined]
        self.fields["like"].choices = [("", _("One payment after 30 days")), *products]  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Editor:
    """The forms of a draft together: scalars, ways to pay, fees, where payments go."""

    form: TermsForm
    options: Any
    fees: Any
    rules: Any
    version: ProductVersion

    @classmethod
    def of(cls, data: Any, version: ProductVersion, sources: list[tuple[str, str]]) -> Self:
        return cls(
            TermsForm(data, version=version, sources=sources),
            OptionForms(data, initial=version.terms["options"], prefix="option"),
            fees_formset(data, version.terms),
            rules_formset(data, version.terms),
            version,
        )

    @property
    def rows(self) -> tuple[Any, ...]:
        return (self.options, self.fees, self.rules)

    def is_valid(self) -> bool:
        """Every part is looked at, so that all that is wrong is said at once."""
        return all([self.form.is_valid(), *(part.is_valid() for part in self.rows)])

    @property
    def is_wrong(self) -> bool:
        return self.form.is_bound and not self.is_valid()

    def terms(self) -> dict[str, Any]:
        """What was typed as JSON: what no form asks for stays as it is."""
        given = self.form.cleaned_data
        return {
            **self.version.terms,
            **{field.name: field.stored(given[field.name]) for field in TERM_FIELDS},
            "options": [row for row in self.options.cleaned_data if row.get("code")],
            "fees": stored_fees(self.fees),
            "allocation": stored_rules(self.rules, self.version.terms),
        }


class PreviewForm(forms.Form):
    """What a merchant might do: this amount, on this day, this option, at this rate."""

    amount = forms.DecimalField(
        label=_("Amount, ¥"), min_value=Decimal("0.01"), max_value=HIGHEST_YUAN, decimal_places=2
    )
    on = forms.DateField(
        label=_("Day of the drawdown"),
        widget=DateInput(),
        validators=[MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)],
    )
    option = forms.ChoiceField(label=_("Term"))
    rate = rate_field(_("Annual rate, %"))

    def __init__(
        self, data: Any, *, terms: dict[str, Any], highest_rate: Decimal | None, on: date
    ) -> None:
        self.options = ProductTerms.from_json(terms).options
        highest = highest_rate or Decimal(0)
        first = {
            "amount": f"{SAMPLE_YUAN:f}",
            "on": on.isoformat(),
            "option": self.options[0].code,
            "rate": f"{(highest * PERCENT).normalize():f}",
        }
        super().__init__({**first, **{key: value for key, value in data.items() if value}})
        choices = [(option.code, option_words(option)) for option in self.options]
        self.fields["option"] = forms.ChoiceField(label=_("Term"), choices=choices)
