"""What people type about coupons: what a batch gives and may cost, and to whom it is granted."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns.operations.coupons import BatchTerms
from campaigns.values import TermChoice
from credit.enums import DiscountKind
from credit.operations.discounts import Entitlement
from platform_app.kernel.money import yuan_to_minor
from tenants.forms import DateInput

HUNDRED: Final = Decimal(100)
MOST_MERCHANTS: Final = 200
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


class YuanField(forms.CharField):
    """An amount in yuan, kept as fen; empty is none."""

    def __init__(self, label: Any, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal"})
        super().__init__(label=label, max_length=24, widget=widget, **kwargs)

    def clean(self, value: Any) -> int:
        text = super().clean(value)
        try:
            return yuan_to_minor(text) if text else 0
        except ValueError:
            raise forms.ValidationError(
                _("Please write an amount in yuan, like 1,000.00.")
            ) from None


class BatchForm(forms.Form):
    """A batch. Only our own staff choose that somebody beside the partner bears its coupons."""

    name = forms.CharField(
        label=_("Name"), max_length=40, help_text=_("Merchants see it at the checkout.")
    )
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("Yours, once: letters, digits, dashes.")
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=DiscountKind.choices)
    days = forms.IntegerField(
        label=_("Interest-free days"), required=False, min_value=1, max_value=366
    )
    percent = forms.DecimalField(
        label=_("Part of the interest, %"), required=False, min_value=Decimal("0.01"),
        max_value=100, decimal_places=2,
    )  # fmt: skip
    cap = YuanField(_("At most ¥ a coupon"), help_text=_("Of an amount off: the amount."))
    minimum = YuanField(_("Orders from ¥"), required=False)
    from_on = forms.DateField(label=_("Valid from"), widget=DateInput())
    last_on = forms.DateField(label=_("Last day"), widget=DateInput())
    stock = forms.IntegerField(label=_("Coupons"), min_value=1, max_value=1_000_000)
    budget = YuanField(
        _("Budget ¥"), help_text=_("Each granted coupon sets its most aside; nothing goes beyond.")
    )
    option_codes = forms.MultipleChoiceField(
        label=_("Only these terms"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every term."),
    )  # fmt: skip
    partner_percent = forms.DecimalField(
        label=_("The partner platform bears, %"), min_value=0, max_value=100, decimal_places=2,
        initial=100,
    )  # fmt: skip
    operator_percent = forms.DecimalField(
        label=_("Baitiao bears, %"), min_value=0, max_value=100, decimal_places=2, initial=0,
        help_text=_("What both leave, the lender bears."),
    )  # fmt: skip

    def __init__(self, data: Any, terms: Sequence[TermChoice], *, is_staff: bool) -> None:
        super().__init__(data)
        choices = [(one.code, term_words(one)) for one in terms]
        self.fields["option_codes"].choices = choices  # type: ignore[attr-defined]
        if not is_staff:
            del self.fields["partner_percent"], self.fields["operator_percent"]

    def clean(self) -> None:
        super().clean()
        kind = self.cleaned_data.get("kind")
        needed = {DiscountKind.FREE_DAYS.value: "days", DiscountKind.PART_OFF.value: "percent"}
        if kind in needed and not self.cleaned_data.get(needed[kind]) and not self.errors:
            self.add_error(needed[kind], _("This kind needs it."))

    def terms(self) -> BatchTerms:
        said = self.cleaned_data
        kind = DiscountKind(said["kind"])
        is_part = kind is DiscountKind.PART_OFF
        gives = Entitlement(
            name=said["name"],
            kind=kind,
            share_rate=said["percent"] / HUNDRED if is_part else Decimal(1),
            cap_minor=said["cap"],
            days=said["days"] if kind is DiscountKind.FREE_DAYS else None,
            partner_share_rate=said.get("partner_percent", HUNDRED) / HUNDRED,
            operator_share_rate=said.get("operator_percent", Decimal(0)) / HUNDRED,
            minimum_minor=said["minimum"],
            product_codes=(),
            option_codes=tuple(said["option_codes"]),
            from_on=said["from_on"],
            last_on=said["last_on"],
        )
        return BatchTerms(
            code=said["code"], gives=gives, stock_count=said["stock"], budget_minor=said["budget"]
        )


class GrantForm(forms.Form):
    """Merchants by the platform's own numbers, one a line."""

    merchants = forms.CharField(
        label=_("Numbers of merchants"), max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The platform's own numbers, one a line, 200 at most."),
    )  # fmt: skip

    def clean_merchants(self) -> list[str]:
        said = _BETWEEN.split(self.cleaned_data["merchants"])
        numbers = list(dict.fromkeys(one for one in said if one))
        if not numbers:
            raise forms.ValidationError(_("Say at least one number."))
        if len(numbers) > MOST_MERCHANTS:
            raise forms.ValidationError(_("200 merchants at most at a time."))
        return numbers


def term_words(term: TermChoice) -> str:
    """A term as people say it."""
    if term.installment_count == 1 and term.unit == "day":
        return gettext("After {days} days").format(days=term.every)
    return gettext("{count} installments").format(count=term.installment_count)
