"""`manage.py connect_signing_bureau`: agreements of a platform are signed by a bureau from now on.

The secret is read from BAITIAO_BUREAU_SECRET: an argument would stay in the shell's history.
"""

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credit.operations.signing_authorities import connect_bureau
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say
from platform_app.kernel.tenancy import tenant_scope
from tenants.queries.tenants import tenant_by_slug


class Command(BaseCommand):
    help = "Have a platform's agreements signed by an e-sign bureau."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--tenant", required=True, help="Slug.")
        parser.add_argument("--url", required=True, help="Where the bureau answers.")
        parser.add_argument("--key-id", required=True, help="Our key at the bureau.")
        parser.add_argument("--root", required=True, help="PEM file of the bureau's root.")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            tenant = tenant_by_slug(options["tenant"])
            with tenant_scope(tenant.id):
                row = connect_bureau(
                    url=options["url"], key_id=options["key_id"],
                    secret=os.environ.get("BAITIAO_BUREAU_SECRET", ""),
                    root_pem=Path(options["root"]).read_text(encoding="utf-8"),
                    actor="system:command", at=clock.now(),
                )  # fmt: skip
        except (DomainError, OSError) as refusal:
            words = say(refusal) if isinstance(refusal, DomainError) else str(refusal)
            raise CommandError(words) from refusal
        self.stdout.write(f"{row.id}  {row.url}")
