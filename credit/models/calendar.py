"""The calendar of working days, shared by every tenant, and the files that change it."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import CalendarImportStatus
from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped


class CalendarDay(models.Model):
    """Is it a working day, who said so, and is that gazetted or only projected."""

    is_reference: ClassVar[bool] = True

    on = models.DateField(primary_key=True)
    is_workday = models.BooleanField()
    kind = models.TextField(default="")
    source = models.TextField()
    notice_no = models.TextField(default="")
    is_projected = models.BooleanField(default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("Calendar day")


class CalendarImport(Stamped):
    """A calendar file that one person proposed and another applied or rejected.

    `rows` is the file as read, so that what is applied is what was looked at.
    """

    is_reference: ClassVar[bool] = True

    id = OwnIdField("cim")
    file_name = models.TextField()
    file_sha256 = models.CharField(max_length=64)
    rows = models.JSONField()
    row_count = models.IntegerField()
    status = models.TextField(
        choices=CalendarImportStatus.choices, default=CalendarImportStatus.PROPOSED
    )
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    approved_by = models.TextField(default="", blank=True)
    rejected_by = models.TextField(default="", blank=True)
    decided_at = models.DateTimeField(null=True)
    moved_count = models.IntegerField(default=0, help_text="Installments moved when applied.")

    class Meta:
        verbose_name = verbose_name_plural = _("Calendar import")
        constraints = [
            models.UniqueConstraint(
                fields=["file_sha256"],
                condition=~models.Q(status="rejected"),
                name="credit_calendarimport_file",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    status="proposed", approved_by="", rejected_by="", decided_at__isnull=True
                )
                | (
                    models.Q(status="applied", rejected_by="", decided_at__isnull=False)
                    & ~models.Q(approved_by="")
                )
                | (
                    models.Q(status="rejected", approved_by="", decided_at__isnull=False)
                    & ~models.Q(rejected_by="")
                ),
                name="credit_calendarimport_decided",
            ),
            models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("proposed_by")),
                name="credit_calendarimport_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(row_count__gt=0, moved_count__gte=0),
                name="credit_calendarimport_counts",
            ),
        ]
