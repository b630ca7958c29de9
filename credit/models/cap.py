"""What a loan may cost at most, and the LPR some caps are a multiple of: dated reference data."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import CapKind, CapSeverity, LprTerm, ProductKind
from credit.models.reference_change import ReferenceChange
from platform_app.kernel.fields import OwnIdField, RateField
from platform_app.kernel.models import Stamped


class LprRate(Stamped):
    """贷款市场报价利率 as published on a day; it holds until the next row of its term."""

    is_reference: ClassVar[bool] = True

    id = OwnIdField("lpr")
    term = models.TextField(choices=LprTerm.choices)
    on = models.DateField()
    value = RateField()
    source_url = models.TextField()
    notice = models.TextField(default="")
    change = models.ForeignKey(ReferenceChange, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("LPR")
        constraints = [
            models.UniqueConstraint(fields=["term", "on"], name="credit_lprrate_on"),
            models.CheckConstraint(
                condition=models.Q(value__gt=0, value__lt=1, term__in=LprTerm.values),
                name="credit_lprrate_value",
            ),
        ]


class CapRule(Stamped):
    """The most a borrower may be charged a year, all in, by licence and kind of product.

    `value` is an annual fraction (fixed) or a factor of the one-year LPR. An empty
    `product_kind` means every kind; the rule holds from `from_on` until before `to_on`.
    """

    is_reference: ClassVar[bool] = True

    id = OwnIdField("cap")
    licence_type = models.TextField()
    product_kind = models.TextField(choices=ProductKind.choices, default="", blank=True)
    from_on = models.DateField()
    to_on = models.DateField(null=True)
    kind = models.TextField(choices=CapKind.choices)
    value = RateField()
    severity = models.TextField(choices=CapSeverity.choices)
    basis = models.TextField()
    source = models.TextField()
    change = models.ForeignKey(ReferenceChange, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("Cap rule")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(
                    kind__in=CapKind.values,
                    severity__in=CapSeverity.values,
                    product_kind__in=["", *ProductKind.values],
                )
                & ~models.Q(licence_type=""),
                name="credit_caprule_words",
            ),
            models.CheckConstraint(
                condition=models.Q(value__gt=0)
                & (models.Q(to_on__isnull=True) | models.Q(to_on__gt=models.F("from_on"))),
                name="credit_caprule_figures",
            ),
        ]
