"""People who log in: the partner's operators and our own staff."""

from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _

from platform_app.kernel.fields import OwnIdField
from tenants.enums import Role
from tenants.models.tenant import Tenant


class Member(AbstractBaseUser, PermissionsMixin):
    """A person with a login. Staff have no tenant; everybody else has exactly one."""

    id = OwnIdField("usr")
    email = models.EmailField(unique=True)
    name = models.TextField()
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.TextField(choices=Role.choices)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    totp_sealed = models.BinaryField(default=b"")
    totp_last_step = models.BigIntegerField(default=0)
    failed_count = models.IntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    language = models.TextField(default="zh-hans")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()

    class Meta:
        verbose_name = verbose_name_plural = _("Member")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="tenants_member_role"
            ),
            models.CheckConstraint(
                condition=models.Q(role=Role.STAFF, tenant__isnull=True)
                | (~models.Q(role=Role.STAFF) & models.Q(tenant__isnull=False, is_staff=False)),
                name="tenants_member_belongs",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
