"""The nightly batch: a run, its chunks, and the answer for every merchant."""

from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import MinorField, OwnIdField, PublicIdField, TenantForeignKey
from platform_app.kernel.models import Stamped, TenantOwned
from risk.enums import Outcome, ScoreChunkStatus, ScoreRunStatus
from risk.models.policy import Policy
from risk.models.scorecard import Scorecard

_RUNNING = models.Q(status="running")
_CURRENT = models.Q(is_current=True)


class ScoreRun(TenantOwned, Stamped):
    """Every merchant of a platform scored as of one moment, by one scorecard and one policy.

    At most one runs; at most one is current, which is what readers read.
    """

    id = OwnIdField("srn")
    key = models.TextField(help_text="Asking again with the same key is the same run.")
    on = models.DateField(help_text="The business day repayments are seen on.")
    as_of = models.DateTimeField()
    scorecard = TenantForeignKey(Scorecard)
    policy = TenantForeignKey(Policy)
    previous = TenantForeignKey("ScoreRun", null=True)
    status = models.TextField(choices=ScoreRunStatus.choices, default=ScoreRunStatus.RUNNING)
    is_current = models.BooleanField(default=False)
    merchants_count = models.IntegerField()
    chunks_count = models.IntegerField()
    counts = models.JSONField(default=dict, help_text="Merchants by grade and by outcome.")
    checksum = models.TextField(default="", blank=True)
    movers_count = models.IntegerField(default=0)
    movers = models.JSONField(default=list, help_text="The widest moves: merchant, from, to.")
    problem = models.TextField(default="", blank=True)
    started_by = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Score run")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "key"], name="risk_scorerun_once"),
            models.UniqueConstraint(
                fields=["tenant_id"], condition=_RUNNING, name="risk_scorerun_one_running"
            ),
            models.UniqueConstraint(
                fields=["tenant_id"], condition=_CURRENT, name="risk_scorerun_one_current"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status__in=ScoreRunStatus.values, merchants_count__gt=0, chunks_count__gt=0,
                    movers_count__gte=0,
                ),
                name="risk_scorerun_words",
            ),
            models.CheckConstraint(
                condition=models.Q(status="finished", finished_at__isnull=False)
                & ~models.Q(checksum="")
                | ~models.Q(status="finished") & models.Q(finished_at__isnull=True)
                & ~_CURRENT,
                name="risk_scorerun_finished",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="failed") | ~models.Q(problem=""),
                name="risk_scorerun_failed_why",
            ),
        ]  # fmt: skip


class ScoreChunk(TenantOwned, Stamped):
    """A range of merchants of a run, both ends included; done with its rows, in one commit."""

    id = OwnIdField("sck")
    run = TenantForeignKey(ScoreRun, related_name="chunks")
    number = models.IntegerField()
    first_id = PublicIdField("mch")
    last_id = PublicIdField("mch")
    status = models.TextField(choices=ScoreChunkStatus.choices, default=ScoreChunkStatus.PENDING)
    attempt_count = models.IntegerField(default=0)
    rows_count = models.IntegerField(default=0)
    sums = models.JSONField(default=dict, help_text="Control sums of the rows.")
    sha256 = models.TextField(default="", blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Score chunk")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "run", "number"], name="risk_scorechunk_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status="done", done_at__isnull=False) & ~models.Q(sha256="")
                | models.Q(status="pending", done_at__isnull=True, rows_count=0),
                name="risk_scorechunk_done",
            ),
        ]


class MerchantScore(TenantOwned):
    """What a run answers for one merchant. The rows come by COPY, so they refer to nothing.

    `pd_units` and `rate_units` are in 10⁻⁸; limit in fen and 0 unless approved. `rescored_at` says
    that a fact of the merchant changed after the run, and that this is the answer since.
    """

    id = OwnIdField("msc")
    run_id = PublicIdField("srn")
    merchant_id = PublicIdField("mch")
    score = models.IntegerField()
    pd_units = models.IntegerField()
    grade = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    limit_minor = MinorField()
    rate_units = models.IntegerField()
    reasons = models.JSONField()
    rescored_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Merchant score")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "run_id", "merchant_id"], name="risk_merchantscore_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    outcome__in=Outcome.values, limit_minor__gte=0, pd_units__gte=0,
                    pd_units__lte=100_000_000,
                )
                & (models.Q(outcome="approve") | models.Q(limit_minor=0, rate_units=0)),
                name="risk_merchantscore_answer",
            ),
        ]  # fmt: skip

    @property
    def pd(self) -> Decimal:
        """The PD to eight places."""
        return Decimal(self.pd_units).scaleb(-8)

    @property
    def annual_rate(self) -> Decimal:
        """The annual rate to eight places."""
        return Decimal(self.rate_units).scaleb(-8)
