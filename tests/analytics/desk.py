"""People at the console, for the tests of every app's pages: signed in, both steps passed."""

from datetime import datetime

from django.test import Client

from tenants.access.console import STAFF_TENANT, TOTP_OK
from tenants.models import Member, Tenant
from tenants.operations.members import create_member

BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = "correct horse battery staple"


def member(role: str, tenant: Tenant | None, at: datetime) -> Member:
    return create_member(
        email=f"{role}-{tenant.slug if tenant else 'us'}@example.com", name=role, role=role,
        tenant_id=tenant.id if tenant else None, password=PASSWORD, actor="system:test", at=at,
    )  # fmt: skip


def sign_in(client: Client, who: Member, works_for: Tenant | None = None) -> Client:
    client.force_login(who, backend=BACKEND)
    session = client.session
    session[TOTP_OK] = True
    if works_for is not None:
        session[STAFF_TENANT] = works_for.id
    session.save()
    return client


def at_the_desk(
    role: str, tenant: Tenant | None, at: datetime, works_for: Tenant | None = None
) -> Client:
    """A browser in which a member of this role works for this platform; staff name it."""
    return sign_in(Client(), member(role, tenant, at), works_for)
