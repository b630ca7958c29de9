"""A real browser, our live server, and a partner's shop on another origin."""

import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright
from pytest_django.live_server_helper import LiveServer

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
