"""A real browser, our live server, and a partner's shop on another origin."""

import os
import shutil
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

from credit.operations.launch import launch_tenant
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ApplicationNeed
from tenants.models import Tenant
from tenants.operations.credentials import create_hmac_key
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import set_application_needs, set_embed_origins
from tenants.operations.trade import import_orders
from tenants.values import OrderRow

pytest.register_assert_rewrite("tests.e2e.phone")
ACTOR = "system:test"
MERCHANT_NO = "M-0001"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--test-third-party-cookie-phaseout",
]  # fmt: skip


def chromium() -> str | None:
    """The browser to use: CHROME_BIN, or the distribution's Chromium."""
    named = os.environ.get("CHROME_BIN")
    if named:
        return named if Path(named).exists() else None
    return shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """We answer on 127.0.0.1, the shop on localhost: to a browser these are two sites."""
    server = LiveServer("127.0.0.1")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = chromium()
    if path is None:
        pytest.skip("no Chromium here: set CHROME_BIN, or apt-get install chromium")
    # Playwright's own event loop runs in this thread; Django would take it for an async view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield found
        found.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Shop:
    """One process of `python -m platform_app.shop`."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def start(self, *, port: int, api: str, key_id: str, secret: str, merchant_no: str) -> str:
        """Start it and return its address once it answers."""
        self._process = subprocess.Popen(
            [
                sys.executable, "-m", "platform_app.shop", "--port", str(port), "--api", api,
                "--merchant", merchant_no,
            ],
            env={**os.environ, "SHOP_KEY_ID": key_id, "SHOP_KEY_SECRET": secret},
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        address = self._process.stdout.readline().split()[-1]
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 -- our own process
            assert answer.status == 200
        return address

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate(timeout=10)


@pytest.fixture
def shop() -> Iterator[Shop]:
    """A shop to start; it is stopped with the test."""
    running = Shop()
    yield running
    running.stop()


@pytest.fixture
def platform() -> Tenant:
    """A platform that asks for all but a face; its merchant has bought weekly for a year."""
    now = clock.now()
    tenant = launch_tenant(
        slug="pets", name="萌宠采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=clock.today(), is_virtual=True, actor=ACTOR, at=now,
    )  # fmt: skip
    known_at = now - timedelta(hours=1)
    with tenant_scope(tenant.id):
        set_application_needs(
            needs=[need for need in ApplicationNeed.values if need != "face"], actor=ACTOR, at=now
        )
        upsert_merchant(
            external_id=MERCHANT_NO, name="示例宠物用品店", actor=ACTOR, at=known_at,
            joined_on=clock.day_of(known_at) - timedelta(days=400),
        )  # fmt: skip
        import_orders(
            rows=[
                OrderRow(
                    order_no=f"T-{week}", merchant_no=MERCHANT_NO,
                    ordered_on=clock.day_of(known_at) - timedelta(days=7 * week + 2), quantity=1,
                    amount_minor=2_000_000,
                )
                for week in range(56)
            ],
            known_at=known_at,
            actor=ACTOR,
        )  # fmt: skip
    return tenant


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture
def shop_url(platform: Tenant, live_server: LiveServer, settings: Any, shop: Shop) -> str:
    """The running shop, its origin allowed to frame us."""
    settings.PUBLIC_URL = live_server.url
    settings.COST_SHEET_READ_SECONDS = 2
    port = free_port()
    with tenant_scope(platform.id):
        set_embed_origins(origins=[f"http://localhost:{port}"], actor=ACTOR, at=clock.now())
        key, secret = create_hmac_key(
            label="shop", scopes=["read", "pool", "draw"], actor=ACTOR, at=clock.now()
        )
    return shop.start(
        port=port, api=live_server.url, key_id=key.id, secret=secret, merchant_no=MERCHANT_NO
    )
