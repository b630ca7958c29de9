"""Words of products, caps, lenders and funding."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProductStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    PUBLISHED = "published", _("Published")
    RETIRED = "retired", _("Retired")


class ProductKind(models.TextChoices):
    """What the product is in law: it decides which caps hold."""

    LOAN = "loan", _("Loan")
    TRADE_CREDIT = "trade_credit", _("Trade credit")
    FACTORING = "factoring", _("Factoring")


class LprTerm(models.TextChoices):
    ONE_YEAR = "1Y", _("1 year")
    FIVE_YEARS = "5Y", _("5 years")


class CapKind(models.TextChoices):
    FIXED = "fixed", _("Fixed annual rate")
    LPR_MULTIPLE = "lpr_multiple", _("Multiple of the one-year LPR")


class CapSeverity(models.TextChoices):
    BLOCK = "block", _("Refuse")
    WARN = "warn", _("Warn")


class ReferenceKind(models.TextChoices):
    """Which table of reference data a change is about."""

    LPR_RATE = "lpr_rate", _("LPR")
    CAP_RULE = "cap_rule", _("Cap rule")


class ChangeStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    APPROVED = "approved", _("Approved and applied")
    REJECTED = "rejected", _("Rejected")


class LicenceType(models.TextChoices):
    """What a funding source is allowed to be."""

    BANK = "bank", _("Bank")
    CONSUMER_FINANCE = "consumer_finance", _("Consumer finance company")
    MICROLOAN = "microloan", _("Microloan company")
    TRUST = "trust", _("Trust company")
    FACTORING = "factoring", _("Commercial factoring company")
    NONE = "none", _("No licence")


class FundingRole(models.TextChoices):
    LENDER = "lender", _("Lender")
    CO_LENDER = "co_lender", _("Co-lender")


class FundingStatus(models.TextChoices):
    """Of a funding source and of a partnership; two people take either from draft to active."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    ENDED = "ended", _("Ended")


class ListingStatus(models.TextChoices):
    """Whether the lender's head office has us on its list of partner platforms."""

    UNLISTED = "unlisted", _("Not listed")
    LISTED = "listed", _("Listed")
    REMOVED = "removed", _("Taken off the list")


class FundingChannel(models.TextChoices):
    """How a funding source is told to pay. A virtual platform's sources are simulated anyway."""

    NONE = "none", _("No channel yet")
    HTTP = "http", _("Its own interface")
    SIMULATED = "simulated", _("Simulated, for demonstrations")


class RouteOutcome(models.TextChoices):
    ROUTED = "routed", _("Funded by")
    REFUSED = "refused", _("Not funded")


class InstructionStatus(models.TextChoices):
    """What is known of the money. Unknown is a real state: it is asked about, never sent again."""

    NONE = "none", _("Not sent yet")
    REQUESTED = "requested", _("Requested")
    FUNDED = "funded", _("Funded")
    FAILED = "failed", _("Failed")
    UNKNOWN = "unknown", _("Unknown")


class AttemptKind(models.TextChoices):
    REQUEST = "request", _("Request")
    ASK = "ask", _("Question")


class FundingOutcome(models.TextChoices):
    """What one attempt came to. `sent` is written before, the others after."""

    SENT = "sent", _("Sent")
    FUNDED = "funded", _("Funded")
    FAILED = "failed", _("Failed")
    PENDING = "pending", _("Not yet paid")
    UNKNOWN = "unknown", _("No answer")
    NOT_FOUND = "not_found", _("Never received")
