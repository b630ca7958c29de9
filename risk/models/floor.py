"""Floors under every policy, by two people, and which funders' floors hold for a tenant."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from platform_app.kernel.models import AppendOnly, Stamped, TenantOwned
from risk.enums import FloorLayer, FloorStatus


class PolicyFloor(Stamped):
    """One version of a funder's or the platform's floor. Its body never changes.

    It belongs to no tenant; a funder is known by its licence number, the same on every platform.
    """

    id = OwnIdField("pfl")
    layer = models.TextField(choices=FloorLayer.choices)
    funder = models.TextField(default="", blank=True)
    version = models.IntegerField()
    status = models.TextField(choices=FloorStatus.choices, default=FloorStatus.PROPOSED)
    body = models.JSONField()
    sha256 = models.TextField()
    reason = models.TextField()
    proposed_by = models.TextField()
    proposed_at = models.DateTimeField()
    approved_by = models.TextField(default="")
    in_force_at = models.DateTimeField(null=True)
    retired_at = models.DateTimeField(null=True)
    rejected_by = models.TextField(default="")
    rejected_at = models.DateTimeField(null=True)
    rejected_reason = models.TextField(default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Policy floor")
        constraints = [
            models.UniqueConstraint(
                fields=["layer", "funder", "version"], name="risk_policyfloor_version"
            ),
            models.UniqueConstraint(
                fields=["layer", "funder"],
                condition=models.Q(status="in_force"),
                name="risk_policyfloor_one_in_force",
            ),
            models.CheckConstraint(
                condition=models.Q(layer="platform", funder="")
                | (models.Q(layer="funder") & ~models.Q(funder="")),
                name="risk_policyfloor_layer",
            ),
            models.CheckConstraint(
                condition=~models.Q(proposed_by="")
                & ~models.Q(approved_by=models.F("proposed_by")),
                name="risk_policyfloor_two_people",
            ),
            models.CheckConstraint(
                condition=(
                    models.Q(status="proposed", approved_by="", in_force_at__isnull=True)
                    | (
                        models.Q(status__in=["in_force", "retired"], in_force_at__isnull=False)
                        & ~models.Q(approved_by="")
                    )
                    | (models.Q(status="rejected", approved_by="") & ~models.Q(rejected_by=""))
                ),
                name="risk_policyfloor_status",
            ),
        ]


class PolicyFunder(TenantOwned, AppendOnly):
    """A funder whose floor holds for this tenant's policies, said once."""

    id = OwnIdField("pfu")
    funder = models.TextField()
    bound_by = models.TextField()
    bound_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("Funder of a policy")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "funder"], name="risk_policyfunder_once"),
            models.CheckConstraint(condition=~models.Q(funder=""), name="risk_policyfunder_named"),
        ]
