"""Forms of the product pages: the terms of a draft, its options, what a preview is asked for."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from credit.domain.terms import ProductTerms
from credit.interfaces.console.product_fields import METHODS, TERM_FIELDS, UNITS, option_words
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


def options_formset(data: Any, version: ProductVersion) -> Any:
    """The options as rows, with room for two more."""
    return OptionForms(data, initial=version.terms["options"], prefix="option")


def terms_of(form: TermsForm, options: Any, version: ProductVersion) -> dict[str, Any]:
    """The terms as JSON: what the form does not ask for stays as it is."""
    typed = {field.name: field.stored(form.cleaned_data[field.name]) for field in TERM_FIELDS}
    rows = [row for row in options.cleaned_data if row.get("code")]
    return {**version.terms, **typed, "options": rows}


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

    def __init__(self, data: Any, *, version: ProductVersion, on: date) -> None:
        options = ProductTerms.from_json(version.terms).options
        highest = version.highest_rate or Decimal(0)
        first = {
            "amount": f"{SAMPLE_YUAN:f}",
            "on": on.isoformat(),
            "option": options[0].code,
            "rate": f"{(highest * PERCENT).normalize():f}",
        }
        super().__init__({**first, **{key: value for key, value in data.items() if value}})
        choices = [(option.code, option_words(option)) for option in options]
        self.fields["option"] = forms.ChoiceField(label=_("Term"), choices=choices)
