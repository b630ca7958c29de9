"""Edits of reference data by two people: one proposes, another approves."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from credit.enums import ChangeStatus, ReferenceKind
from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import Stamped


class ReferenceChange(Stamped):
    """What is to stand in a reference table, who said so, who agreed, what stood there before.

    It belongs to no tenant, as the tables it changes; it is their audit and is never edited once
    decided.
    """

    is_reference: ClassVar[bool] = True

    id = OwnIdField("rfc")
    kind = models.TextField(choices=ReferenceKind.choices)
    payload = models.JSONField()
    before = models.JSONField(default=dict)
    reason = models.TextField()
    status = models.TextField(choices=ChangeStatus.choices, default=ChangeStatus.PROPOSED)
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    approved_by = models.TextField(default="")
    rejected_by = models.TextField(default="")
    rejected_at = models.DateTimeField(null=True)
    rejected_reason = models.TextField(default="")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Change of reference data")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=ReferenceKind.values)
                & ~models.Q(proposed_by="")
                & ~models.Q(approved_by=models.F("proposed_by")),
                name="credit_referencechange_two_people",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(status="proposed", approved_by="", applied_at__isnull=True)
                    | (
                        models.Q(status="approved", applied_at__isnull=False)
                        & ~models.Q(approved_by="")
                    )
                    | (
                        models.Q(status="rejected", approved_by="", applied_at__isnull=True)
                        & ~models.Q(rejected_by="")
                    )
                ),
                name="credit_referencechange_status",
            ),
        ]
