"""The three callers every page must tell apart: nobody, a neighbor, and whoever it belongs to."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.test import Client

from tenants.access.console import STAFF_TENANT, TOTP_OK
from tenants.models import Member, Tenant
from tenants.operations.members import create_member

PASSWORD = "a-long-sample-phrase"


def member(tenant: Tenant | None, role: str, at: datetime) -> Member:
    """A person with a login; without a tenant, one of our own staff."""
    return create_member(
        email=f"{role}@{tenant.slug if tenant else 'staff'}.example",
        name="李示例",
        role=role,
        tenant_id=tenant.id if tenant else None,
        is_staff=tenant is None,
        password=PASSWORD,
        actor="system:test",
        at=at,
    )


def browser(who: Member | None, *, totp_ok: Any = True, tenant: Tenant | None = None) -> Client:
    """A browser in which `who` has logged in; `tenant` is what staff have chosen to work for."""
    client = Client()
    if who is not None:
        client.force_login(who)
        session = client.session
        session[TOTP_OK] = totp_ok
        if tenant is not None:
            session[STAFF_TENANT] = tenant.id
        session.save()
    return client


@dataclass(frozen=True, slots=True)
class Callers:
    """Browsers of nobody, of another platform's administrator, of our platform's."""

    stranger: Client
    neighbor: Client
    owner: Client

    def statuses(self, path: str) -> tuple[int, int, int]:
        """What each of them is answered: stranger, neighbor, owner."""
        asked = (self.stranger, self.neighbor, self.owner)
        first, second, third = (client.get(path).status_code for client in asked)
        return first, second, third


def callers(tenant: Tenant, other_tenant: Tenant, at: datetime) -> Callers:
    """The three of them for pages of the console."""
    return Callers(
        stranger=browser(None),
        neighbor=browser(member(other_tenant, "owner", at)),
        owner=browser(member(tenant, "owner", at)),
    )
