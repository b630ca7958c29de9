"""Words of discounts: what kind, in which state, what happened, and why one cannot be used."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DiscountKind(models.TextChoices):
    FREE_DAYS = "free_days", _("Interest-free days")
    PART_OFF = "part_off", _("Part of the interest off")
    AMOUNT_OFF = "amount_off", _("Amount off the interest")


class DiscountStatus(models.TextChoices):
    """A reserved one that its drawdown gives back is granted again."""

    GRANTED = "granted", _("Granted")
    RESERVED = "reserved", _("Reserved for an order")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")


class DiscountMoveKind(models.TextChoices):
    GRANTED = "granted", _("Granted")
    RESERVED = "reserved", _("Reserved for an order")
    RELEASED = "released", pgettext_lazy("discount", "Given back")
    USED = "used", _("Used")
    BORNE = "borne", _("Borne amount changed")
    EXPIRED = "expired", _("Expired")
    CANCELED = "canceled", _("Canceled")


class DiscountReason(models.TextChoices):
    """Why a coupon cannot be used; partners read the code, merchants the words."""

    NOT_BEGUN = "not_begun", _("It is not valid yet")
    EXPIRED = "expired", _("It has expired")
    RESERVED = "reserved", _("Another order holds it")
    USED = "used", _("It has been used")
    CANCELED = "canceled", _("It was canceled")
    BELOW_MINIMUM = "below_minimum", _("The order is below its minimum")
    OTHER_PRODUCT = "other_product", _("It is for another product")
    OTHER_TERM = "other_term", _("It is for another term")
    NO_INTEREST = "no_interest", _("There is no interest to take off")
    OVERDUE = "overdue", _("An installment is overdue")
    LINE_NOT_ACTIVE = "line_not_active", _("The credit line is not active")
