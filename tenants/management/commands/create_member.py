"""`manage.py create_member`: give a person a login: the first of a platform, or our own staff."""

from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from tenants.enums import Role
from tenants.operations.members import create_member
from tenants.queries.tenants import tenant_by_slug


class Command(BaseCommand):
    help = "Create a login. The authenticator is set up at the first log-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--email", required=True)
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", choices=Role.values, required=True)
        parser.add_argument("--tenant", help="Slug; left out for our own staff.")
        parser.add_argument("--password", help="Asked for when left out.")

    def handle(self, *_: Any, **options: Any) -> None:
        password = options["password"] or getpass("Password: ")
        try:
            tenant = tenant_by_slug(options["tenant"]) if options["tenant"] else None
            member = create_member(
                email=options["email"], name=options["name"], role=options["role"],
                tenant_id=tenant.id if tenant else None, password=password,
                actor="system:command", at=clock.now(), is_staff=options["role"] == Role.STAFF,
            )  # fmt: skip
        except DomainError as refusal:
            raise CommandError(say(refusal)) from refusal
        self.stdout.write(member.id)
