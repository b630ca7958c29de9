"""Abstract rows every app builds on, and the kernel's own tables."""

from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from platform_app.kernel import scope
from platform_app.kernel.fields import OwnIdField, PublicIdField
from platform_app.kernel.tenancy import TenantManager


class TenantOwned(models.Model):
    """A row of one tenant. `tenant_id` is filled from the scope and can never differ from it.

    There is deliberately no foreign key to the tenant's own row: every insert would lock it, and
    composite keys already tie each row to a parent of the same tenant.
    """

    tenant_id = PublicIdField(scope.TENANT_PREFIX, editable=False, default=scope.current_tenant_id)

    objects: ClassVar[TenantManager[Self]] = TenantManager()

    class Meta:
        abstract = True


class Door(TenantOwned):
    """A tenant-owned table that is read to find out the tenant: API keys, embed sessions.

    `doors` works without a scope; row-level security fences it as soon as there is one.
    """

    is_door: ClassVar[bool] = True

    doors: ClassVar[models.Manager[Self]] = models.Manager()

    class Meta:
        abstract = True


class Stamped(models.Model):
    """`created_at` is the database's clock, for support; business moments have their own column."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True


class AppendOnly(models.Model):
    """Rows that are never changed or deleted: the database refuses both to every role."""

    class Meta:
        abstract = True


class Event(TenantOwned, AppendOnly):
    """One thing that happened. Partitioned by month of `occurred_at` (see migration 0001)."""

    id = OwnIdField("evt")
    name = models.TextField()
    subject = models.TextField()
    merchant_id = PublicIdField("mch", null=True)
    actor = models.TextField()
    source = models.TextField(default="operation")
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField(db_default=Now())
    props = models.JSONField(default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("Event")
        managed = False
        db_table = "kernel_event"


class Dispatch(TenantOwned, Stamped):
    """The outbox: one row per event and interested consumer, deleted never, done once."""

    id = OwnIdField("dsp")
    consumer = models.TextField()
    event_id = PublicIdField("evt")
    occurred_at = models.DateTimeField()
    status = models.TextField(default="pending", db_default="pending")
    attempt_count = models.IntegerField(default=0, db_default=0)
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(default="", db_default="")

    class Meta:
        verbose_name = verbose_name_plural = _("Event dispatch")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "consumer", "event_id"], name="kernel_dispatch_once"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["pending", "done", "failed"]),
                name="kernel_dispatch_status",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(status="pending"),
                name="kernel_dispatch_due",
            )
        ]


class IdempotencyRecord(TenantOwned, Stamped, AppendOnly):
    """The answer given to a key, committed together with the effect it stands for."""

    id = OwnIdField("idm")
    caller = models.TextField()
    operation = models.TextField()
    key = models.TextField()
    fingerprint = models.TextField()
    status = models.IntegerField()
    body = models.JSONField()

    class Meta:
        verbose_name = verbose_name_plural = _("Idempotency record")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "caller", "operation", "key"], name="kernel_idempotency_once"
            )
        ]


class AuditRecord(TenantOwned, AppendOnly):
    """Who did what to which id, before and after; each carries the hash of the one before."""

    id = OwnIdField("aud")
    position = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.TextField()
    action = models.TextField()
    subject = models.TextField()
    reason = models.TextField(default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    previous_hash = models.TextField()
    hash = models.TextField()

    class Meta:
        verbose_name = verbose_name_plural = _("Audit record")
        constraints = [
            models.UniqueConstraint(fields=["tenant_id", "position"], name="kernel_audit_position")
        ]


class DataKey(TenantOwned, Stamped):
    """A tenant's data key, wrapped by the master key."""

    id = OwnIdField("dek")
    wrapped = models.BinaryField()
    active = models.BooleanField(default=True)

    class Meta:
        verbose_name = verbose_name_plural = _("Data key")
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"],
                condition=models.Q(active=True),
                name="kernel_datakey_one_active",
            )
        ]
