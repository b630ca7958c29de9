"""Words of the service desk."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TicketKind(models.TextChoices):
    APPLICATION = "application", _("My application or limit")
    ORDER = "order", _("Paying an order")
    BILL = "bill", _("A bill or repaying")
    ACCOUNT = "account", _("Company, people or account")
    COMPLAINT = "complaint", _("A complaint")
    OTHER = "other", _("Another question")


class TicketStatus(models.TextChoices):
    OPEN = "open", _("We answer next")
    ANSWERED = "answered", _("Answered")
    CLOSED = "closed", _("Closed")


class TicketSide(models.TextChoices):
    """Who wrote a message of a ticket."""

    MERCHANT = "merchant", _("The merchant")
    DESK = "desk", _("Service desk")


class Urgency(models.TextChoices):
    """How a promised answer stands against its moment."""

    FINE = "fine", _("In time")
    SOON = "soon", _("Soon due")
    LATE = "late", _("Late")
