"""`manage.py smoke`: the stack on free ports, one credit life over HTTP, all stopped again."""

import json
import os
import secrets
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import requests
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from credit.management.commands.demo import free_port, migrate, stop_all
from credit.management.outside import Partner, Receiver
from credit.operations.launch import launch_tenant
from credit.queries.totals import life_totals
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import KeyScope
from tenants.operations.credentials import create_hmac_key
from tenants.operations.sandbox import fake_registration_no

START_SECONDS, HOOK_SECONDS = 120, 60
AMOUNT = 1_000_000


class Command(BaseCommand):
    help = "Start the stack, live one credit life over HTTP as an outsider, print JSON, stop."
    requires_system_checks = ()

    def handle(self, *_: Any, **__: Any) -> None:
        began = time.monotonic()
        migrate()
        slug = f"smoke-{secrets.token_hex(4)}"
        at = clock.now()
        tenant = launch_tenant(
            slug=slug, name="冒烟测试平台", vertical="pet", lender_name="示例小额贷款有限公司",
            lender_phone="400-000-0000", first_day=clock.today(), is_virtual=False,
            actor="system:smoke", at=at,
        )  # fmt: skip
        with tenant_scope(tenant.id):
            key, secret = create_hmac_key(
                label="smoke", scopes=list(KeyScope.values), actor="system:smoke", at=at
            )
        port = free_port(8900)
        running = self._start(port)
        try:
            base_url = f"http://127.0.0.1:{port}"
            self._wait(base_url)
            with Receiver() as receiver:
                steps = Life(Partner(base_url, key.id, secret), receiver).live()
        finally:
            stop_all(running)
        with tenant_scope(tenant.id):
            totals = life_totals()
        summary = {**steps, **totals, "seconds": round(time.monotonic() - began, 1)}
        self.stdout.write(json.dumps(summary, ensure_ascii=False))
        if not totals["books_balanced"]:
            msg = "the books do not balance"
            raise CommandError(msg)

    def _start(self, port: int) -> list[subprocess.Popen[bytes]]:
        env = {**os.environ, "WEBHOOK_ALLOW_LOCAL": "1", "COST_SHEET_READ_SECONDS": "2"}
        celery = [sys.executable, "-m", "celery", "-A", "platform_app.celery"]
        schedule = Path(settings.DATA) / "smoke-beat"
        commands = [
            [sys.executable, "-m", "gunicorn", "platform_app.wsgi", "-b", f"127.0.0.1:{port}",
             "--threads", "4", "--log-level", "warning"],
            [*celery, "worker", "-c", "1", "-l", "WARNING"],
            [*celery, "beat", "-l", "WARNING", "-s", str(schedule)],
        ]  # fmt: skip
        return [subprocess.Popen(command, env=env) for command in commands]

    def _wait(self, base_url: str) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if requests.get(f"{base_url}/healthz/ready", timeout=5).status_code == 200:  # noqa: PLR2004
                    return
            except requests.RequestException:
                time.sleep(0.3)
        msg = "the web process did not come up"
        raise CommandError(msg)


class Life:
    """One merchant from import to paid off, with a few wrong moves on the way."""

    def __init__(self, partner: Partner, receiver: Receiver) -> None:
        self.partner, self.receiver = partner, receiver
        self.checked: list[str] = []

    def live(self) -> dict[str, Any]:
        self._expect("hello", "GET", "/hello", want=200)
        self._expect("bad signature", "GET", "/hello", want=401, spoil=True)
        hook = self._expect(
            "webhook endpoint", "POST", "/webhook_endpoints", {"url": self.receiver.url}, want=201
        )
        self.receiver.secret = hook["secret"]
        merchant = self._merchant()
        line = self._line(merchant["id"])
        drawdown = self._drawdown(line["id"])
        self._repay(drawdown)
        heard = self.receiver.wait_for("drawdown.paid_off", HOOK_SECONDS)
        if not heard or self.receiver.refused:
            msg = f"webhooks: paid_off heard {heard}, {self.receiver.refused} bad signatures"
            raise CommandError(msg)
        return {
            "steps": len(self.checked),
            "webhooks": sorted({one["type"] for one in self.receiver.received}),
        }

    def _merchant(self) -> Any:
        number = "M-冒烟-1"
        merchant = self._expect(
            "merchant", "PUT", f"/merchants/ext:{quote(number)}",
            {"name": "星星宠物店", "registration_no": fake_registration_no(20261121),
             "verified": True},
            want=201,
        )  # fmt: skip
        today = clock.today()
        orders = [
            {"order_no": f"SO-{week:03d}", "merchant_external_id": number,
             "ordered_on": (today - timedelta(days=7 * week + 1)).isoformat(),
             "amount": 2_000_000, "quantity": 10}
            for week in range(52)
        ]  # fmt: skip
        report = self._expect("orders", "POST", "/orders:batch", {"orders": orders}, want=200)
        if report["created"] != len(orders):
            msg = f"orders: {report}"
            raise CommandError(msg)
        codes = [
            "service_and_privacy", "sensitive_data", "sharing_with_funder", "bureau_query",
        ]  # fmt: skip
        self._expect(
            "consents", "POST", f"/merchants/{merchant['id']}/consents",
            {"codes": codes, "locale": "zh-hans", "evidence": {"session": "smoke"}}, want=201,
        )  # fmt: skip
        return merchant

    def _line(self, merchant_id: str) -> Any:
        application = self._expect(
            "application", "POST", "/applications", {"merchant": merchant_id}, want=201,
            headers={"Prefer": "wait=8"},
        )  # fmt: skip
        if application["status"] != "approved":
            msg = f"application {application['status']}: {application['decline']}"
            raise CommandError(msg)
        path = f"/offers/{application['offer']}"
        offer = self._expect("offer", "GET", path, want=200)
        accept = {"cost_sheet_sha256": offer["cost_sheet_sha256"]}
        self._expect("accept unread", "POST", f"{path}/accept", accept, want=422)
        self._expect("read", "POST", f"{path}/read", {}, want=200)
        time.sleep(3)
        return self._expect("accept", "POST", f"{path}/accept", accept, want=201)

    def _drawdown(self, line_id: str) -> Any:
        ask = {"line": line_id, "amount": AMOUNT, "order_no": "SO-900"}
        quotes = self._expect("quotes", "POST", "/quotes", ask, want=201)["data"]
        draw = {"line": line_id, "quote": quotes[0]["id"], "external_id": "SO-900"}
        key = secrets.token_hex(16)
        drawdown = self._expect("drawdown", "POST", "/drawdowns", draw, want=201, key=key)
        again = self._expect("drawdown again", "POST", "/drawdowns", draw, want=201, key=key)
        if again != drawdown:
            msg = "a repeated request was answered differently"
            raise CommandError(msg)
        path = f"/drawdowns/{drawdown['id']}/captures"
        too_much = {"amount": AMOUNT + 1, "external_id": "ship-0"}
        self._expect("over-capture", "POST", path, too_much, want=422)
        ship = {"amount": AMOUNT, "external_id": "ship-1"}
        self._expect("capture", "POST", path, ship, want=201)
        self._expect("plan", "GET", f"/drawdowns/{drawdown['id']}/installments", want=200)
        return drawdown

    def _repay(self, drawdown: Any) -> None:
        ask = {"drawdown": drawdown["id"]}
        preview = self._expect("preview", "POST", "/repayments/preview", ask, want=200)
        pay = {**ask, "amount": preview["payoff"], "channel": "bank_transfer", "external_id": "P-1"}
        self._expect("repayment", "POST", "/repayments", pay, want=201)
        self._expect("repay again", "POST", "/repayments", {**pay, "external_id": "P-2"}, want=409)
        ended = self._expect("paid off", "GET", f"/drawdowns/{drawdown['id']}", want=200)
        if ended["status"] != "paid_off":
            msg = f"the drawdown is {ended['status']}"
            raise CommandError(msg)

    def _expect(
        self, name: str, method: str, path: str, body: Any = None, *, want: int, **more: Any
    ) -> Any:
        status, answer = self.partner.call(method, path, body, **more)
        if status != want:
            msg = f"{name}: {method} {path} answered {status}, not {want}: {answer}"
            raise CommandError(msg)
        self.checked.append(name)
        return answer
