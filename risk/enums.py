"""The words risk uses."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VersionStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    VALIDATED = "validated", _("Validated")
    SHADOW = "shadow", _("In shadow")
    CHAMPION = "champion", _("In force")
    RETIRED = "retired", _("Retired")


class ScorecardKind(models.TextChoices):
    """What a version of the registry is; trees never decide."""

    CARD = "card", _("Scorecard")
    CHALLENGER = "challenger", _("Challenger (boosted trees)")


class Rung(models.TextChoices):
    """How much a platform's card rests on its own cases."""

    EXPERT = "expert", _("Expert card")
    POOLED = "pooled", _("Pooled card")
    OFFSET = "offset", _("Pooled card with an offset of its own")
    OWN = "own", _("Card of its own")


class ApprovalKind(models.TextChoices):
    """What a second pair of eyes agreed to."""

    VALIDATE = "validate", _("Validated")
    CHAMPION = "champion", _("Put in force")


class PolicyApprovalKind(models.TextChoices):
    """What a person signed for a policy; a waiver says that its shadow may be shorter."""

    VALIDATE = "validate", _("Validated")
    WAIVER = "waiver", _("Shadow shortened")
    CHAMPION = "champion", _("Put in force")


class FloorLayer(models.TextChoices):
    """Whose floor it is; a funder's applies before the platform's."""

    FUNDER = "funder", _("Funder")
    PLATFORM = "platform", _("Platform")


class FloorStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    RETIRED = "retired", _("Retired")
    REJECTED = "rejected", _("Rejected")


class CapChangeStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    IN_FORCE = "in_force", _("In force")
    REJECTED = "rejected", _("Rejected")


class Outcome(models.TextChoices):
    APPROVE = "approve", _("Approved")
    REFER = "refer", _("Manual review")
    DECLINE = "decline", _("Declined")


class Purpose(models.TextChoices):
    PRESCREEN = "prescreen", _("Pre-screen")
    APPLICATION = "application", _("Application")
    LIMIT_REVIEW = "limit_review", _("Limit review")


class LimitAction(models.TextChoices):
    """What a review makes of a line's limit."""

    RAISE = "raise", _("Raised")
    CUT = "cut", _("Cut")
    FREEZE = "freeze", _("Frozen")
    RESUME = "resume", _("Released")
    KEEP = "keep", _("Kept")


class OverrideDirection(models.TextChoices):
    """Where a person's answer lies from the policy's."""

    UP = "up", _("More than the policy gives")
    DOWN = "down", _("Less than the policy gives")
    NONE = "none", _("As the policy's formulas give")


class OverrideReason(models.TextChoices):
    """What a reviewer's answer rests on."""

    AS_COMPUTED = "as_computed", _("The figures hold")
    DOCUMENTS = "documents", _("Documents seen")
    BANK_STATEMENTS = "bank_statements", _("Bank statements seen")
    CONTACT = "contact", _("Visited or called")
    PARTNER = "partner", _("The platform knows the merchant")
    WRONG_DATA = "wrong_data", _("The data were wrong")
    DOUBT = "doubt", _("Doubts that the data do not show")
    OTHER = "other", _("Something else, see the comment")


class MonitorMetric(models.TextChoices):
    """What is watched night by night."""

    SCORE_PSI = "score_psi", _("Score shift (PSI)")
    FEATURE_CSI = "feature_csi", _("Feature shift (CSI)")
    GINI = "gini", _("Gini")
    KS = "ks", _("KS")
    PD_ACTUAL = "pd_actual", _("PD against actual")
    DATA_AGE = "data_age", _("Age of the data")
    MISSING_SHARE = "missing_share", _("Share missing")


class ReadingState(models.TextChoices):
    OK = "ok", _("In order")
    WATCH = "watch", _("Watch")
    ALARM = "alarm", _("Alarm")
    UNKNOWN = "unknown", _("Too few to say")


class AlarmStatus(models.TextChoices):
    OPEN = "open", _("Open")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    CLOSED = "closed", _("Closed")


class FeatureUse(models.TextChoices):
    """What a feature may be used for."""

    DECISION = "decision", _("Decisions")
    PRICE = "price", _("Prices")
    LIMIT = "limit", _("Limits")
    ANALYTICS = "analytics", _("Analysis")


class WatchKind(models.TextChoices):
    """How hard a list bites."""

    BLOCK = "block", _("Blocked")
    WATCH = "watch", _("Watched")


class WatchReason(models.TextChoices):
    """Why a merchant is on a list."""

    SELF_TRADE = "self_trade", _("Trades with itself")
    ORGANIZED = "organized", _("Part of an organized group")
    IDENTITY = "identity", _("Identity in doubt")
    DISPUTE = "dispute", _("In a dispute with the platform")
    PLATFORM = "platform", _("The platform asked for it")
    OTHER = "other", _("Something else, see the comment")


class WatchStatus(models.TextChoices):
    ACTIVE = "active", _("On the list")
    APPEALED = "appealed", _("Appealed against")
    ENDED = "ended", _("Taken off")


class ReportKind(models.TextChoices):
    """What outside parties are asked about a merchant."""

    BUREAU = "bureau", _("Credit bureau")
    BANK = "bank", _("Bank account")


class ReportOutcome(models.TextChoices):
    """What became of asking; unknown is asked again, with the same key."""

    PENDING = "pending", _("Being asked")
    FOUND = "found", _("Answered")
    NO_RECORD = "no_record", _("Nothing on file")
    UNKNOWN = "unknown", _("No clear answer")


class ScoreRunStatus(models.TextChoices):
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")
    FAILED = "failed", _("Failed")


class ScoreChunkStatus(models.TextChoices):
    PENDING = "pending", _("Waiting")
    DONE = "done", _("Done")


class ArmKind(models.TextChoices):
    """What decides in an arm of an experiment."""

    CONTROL = "control", _("As in force")
    POLICY = "policy", _("Another policy")
    SCORECARD = "scorecard", _("Another scorecard")
    EXPLORE = "explore", _("Exploration")


class ExperimentStatus(models.TextChoices):
    PROPOSED = "proposed", _("Proposed")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    ENDED = "ended", _("Ended")


class TraitKind(models.TextChoices):
    """What two merchants may have in common."""

    PHONE = "phone", _("Phone")
    LEGAL_REPRESENTATIVE = "legal_representative", _("Legal representative")
    BANK_ACCOUNT = "bank_account", _("Bank account")
    DEVICE = "device", _("Browser and network")
    SALESPERSON = "salesperson", _("Salesperson")


class FindingKind(models.TextChoices):
    """What linked merchants seem to do."""

    SELF_TRADE = "self_trade", _("Trades with itself")
    ORGANIZER = "organizer", _("One person behind many")


class FindingStatus(models.TextChoices):
    OPEN = "open", _("To answer")
    CONFIRMED = "confirmed", _("Confirmed")
    DISMISSED = "dismissed", _("Dismissed")
