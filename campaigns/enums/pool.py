"""The words of the pool."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PoolTier(models.TextChoices):
    """How much of the partner's own effort a merchant is worth; said by the partner."""

    A = "A", _("Tier A")
    B = "B", _("Tier B")
    C = "C", _("Tier C")
    D = "D", _("Tier D")


class PoolStatus(models.TextChoices):
    IMPORTED = "imported", _("Imported")
    MATCHED = "matched", _("Matched")
    PRESCREENED = "prescreened", _("Pre-screened")
    INVITED = "invited", _("Invited")
    APPLIED = "applied", _("Applied")
    ACTIVE = "active", _("Active member")
    DORMANT = "dormant", _("Dormant")
    REMOVED = "removed", _("Taken out")


class PrescreenResult(models.TextChoices):
    PASS = "pass", _("Passed")
    MANUAL = "manual", _("To be looked at")
    REJECT = "reject", _("Screened out")


class PrescreenReason(models.TextChoices):
    """Why a pre-screen answered as it did: one bucket for each merchant."""

    SCORED = "scored", _("Last night's run would approve")
    NEEDS_REVIEW = "needs_review", _("Last night's run would refer it to a person")
    NOT_SCORED = "not_scored", _("Not scored yet")
    NO_TRADE = "no_trade", _("No order yet")
    FEW_ORDERS = "few_orders", _("Too few orders")
    TOO_NEW = "too_new", _("The first order is too recent")
    INACTIVE = "inactive", _("No order for too long")
    ON_LIST = "on_list", _("On a list that blocks credit")
    DECLINED = "declined", _("Last night's run would decline")


class ConsentBasis(models.TextChoices):
    """On what ground the platform hands us its merchants' data."""

    MERCHANT_CONSENT = "merchant_consent", _("Each merchant has agreed to it")
    PLATFORM_AGREEMENT = "platform_agreement", _("The platform's agreement with its merchants")
    PUBLIC_RECORD = "public_record", _("Public records of companies only")


class PoolImportStatus(models.TextChoices):
    CHECKED = "checked", _("Waits for confirmation")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
