#!/usr/bin/env python
"""Django's command line; brings up the embedded servers when none are named."""

import os
import sys

from platform_app import servers


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "platform_app.settings")
    servers.provide()
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- needs the servers' URLs

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
