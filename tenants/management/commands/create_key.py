"""`manage.py create_key`: give a platform's back end an HMAC key; the secret is shown once."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import KeyScope
from tenants.operations.credentials import create_hmac_key
from tenants.queries.tenants import tenant_by_slug


class Command(BaseCommand):
    help = "Create an HMAC key for a platform and print its secret once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="Slug.")
        parser.add_argument("--label", required=True)
        parser.add_argument("--scopes", nargs="+", choices=KeyScope.values, required=True)

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            tenant = tenant_by_slug(options["tenant"])
            with tenant_scope(tenant.id):
                key, secret = create_hmac_key(
                    label=options["label"], scopes=options["scopes"],
                    actor="system:command", at=clock.now(),
                )  # fmt: skip
        except DomainError as refusal:
            raise CommandError(say(refusal)) from refusal
        self.stdout.write(f"key_id  {key.id}\nsecret  {secret}")
