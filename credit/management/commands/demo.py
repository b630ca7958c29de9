"""`manage.py demo`: two lived-in platforms, the whole stack running, addresses and logins."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

import pyotp
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import F
from tqdm import tqdm

from credit.enums import LineStatus
from credit.models import CreditLine
from credit.operations.demo import PLATFORMS, SHOP_PLATFORM, load_demo
from credit.queries.business_day import open_day
from credit.queries.drawdowns import overdue
from platform_app import embedded
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope


class Command(BaseCommand):
    help = "Load the demo platforms and run web, worker, beat and a sample shop. Ctrl-C stops all."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--load-only", action="store_true", help="Load the data and stop.")
        parser.add_argument("--codes", action="store_true", help="Print fresh one-time codes.")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *_: Any, **options: Any) -> None:
        logins = Path(settings.DATA) / "demo-logins.json"
        if options["codes"]:
            self._codes(logins)
            return
        port, shop_port = free_port(options["port"]), free_port(options["port"] + 1)
        try:
            migrate()
            self._load(logins, shop_port)
            if not options["load_only"]:
                self._run(logins, port, shop_port)
        finally:
            embedded.stop_if_started_here()

    def _load(self, logins: Path, shop_port: int) -> None:
        origins = [f"http://localhost:{shop_port}", f"http://127.0.0.1:{shop_port}"]
        shown, bar = "", tqdm(disable=True)
        settings.MESSAGES_SIMULATED = True  # for this process and those it forks
        for step in load_demo(today=clock.today(), shop_origins=origins, keep_in=logins):
            if step.platform != shown:
                bar.close()
                shown = step.platform
                self.stdout.write(f"{shown}: {step.total_days} days")
                bar = tqdm(total=step.total_days, unit="day", disable=None)
            bar.update(step.done_days - bar.n)
        bar.close()
        for slug, *_rest in PLATFORMS:
            call_command("night", tenant=slug, stdout=StringIO())
            call_command("demo_customers", tenant=slug)  # by name: campaigns stands above credit

    def _run(self, logins: Path, port: int, shop_port: int) -> None:
        data = json.loads(logins.read_text())
        env = {
            **os.environ,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "WEBHOOK_ALLOW_LOCAL": "1",
            "REPAYMENT_SIMULATED": "1",
            "MESSAGES_SIMULATED": "1",
        }
        python = sys.executable
        celery = [python, "-m", "celery", "-A", "platform_app.celery"]
        shop = [
            python, "-m", "platform_app.shop", "--port", str(shop_port),
            "--api", f"http://127.0.0.1:{port}", "--merchant", self._shopper(data),
        ]  # fmt: skip
        commands = [
            [python, "-m", "gunicorn", "platform_app.wsgi", "-b", f"127.0.0.1:{port}", "-w", "2",
             "--threads", "4", "--log-level", "warning"],
            [*celery, "worker", "-c", "2", "-l", "WARNING"],
            [*celery, "beat", "-l", "WARNING", "-s", str(Path(settings.DATA) / "beat")],
            shop,
        ]  # fmt: skip
        keys = data[SHOP_PLATFORM]["api"]
        env |= {"SHOP_KEY_ID": keys["key_id"], "SHOP_KEY_SECRET": keys["secret"]}
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        running = [subprocess.Popen(command, env=env) for command in commands]
        try:
            self._print(data, port, shop_port)
            while not stop.wait(1):
                if any(process.poll() is not None for process in running):
                    self.stderr.write("A process has stopped; stopping the rest.")
                    break
        finally:
            stop_all(running)

    def _shopper(self, data: dict[str, Any]) -> str:
        """The merchant whose pages the sample shop opens: the one with most left to draw."""
        with tenant_scope(data[SHOP_PLATFORM]["api"]["tenant_id"]):
            lines = CreditLine.objects.filter(status=LineStatus.ACTIVE).exclude(
                merchant_id__in=overdue(open_day()).values("merchant_id")
            )
            left = F("limit_minor") - F("used_minor") - F("held_minor")
            line = lines.select_related("merchant").order_by(left.desc(), "id")[0]
            return str(line.merchant.external_id)

    def _print(self, data: dict[str, Any], port: int, shop_port: int) -> None:
        self.stdout.write("")
        self.stdout.write(f"  Console   http://127.0.0.1:{port}/console/")
        self.stdout.write(f"  Admin     http://127.0.0.1:{port}/admin/")
        self.stdout.write(f"  API docs  http://127.0.0.1:{port}/api/v1/docs/")
        self.stdout.write(f"  Shop      http://localhost:{shop_port}/  (merchant pages, framed)")
        self._people(data)
        self.stdout.write("\n  Fresh codes: manage.py demo --codes.   Ctrl-C stops everything.\n")

    def _people(self, data: dict[str, Any]) -> None:
        for slug, people in data.items():
            self.stdout.write(f"\n  {slug}")
            for role, login in people.items():
                if role != "api":
                    code = pyotp.TOTP(login["totp_secret"]).at(clock.now())
                    self.stdout.write(
                        f"    {login['email']:<28} {login['password']:<18} code {code}"
                    )

    def _codes(self, logins: Path) -> None:
        self._people(json.loads(logins.read_text()))


def free_port(wanted: int) -> int:
    """`wanted` if nobody listens there, else any free port."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def stop_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask every process to end, then insist."""
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()


def migrate() -> None:
    """In a process of its own: migrations log in as the owner, the demo as the app."""
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--skip-checks", "-v", "0"],
        check=True, cwd=settings.ROOT,
    )  # fmt: skip
