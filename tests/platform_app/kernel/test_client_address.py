"""Whose address a request has: X-Forwarded-For is believed from our own proxies only."""

from typing import Any

import pytest
from django.test import RequestFactory

from platform_app.kernel.client_address import client_address


def asked(remote: str, forwarded: str | None = None) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/x", headers=headers, REMOTE_ADDR=remote))


def test_without_proxies_nobody_is_believed() -> None:
    assert asked("203.0.113.7") == "203.0.113.7"
    assert asked("203.0.113.7", "198.51.100.1") == "203.0.113.7"
    assert asked("") == ""


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "198.51.100.1, ", "10.0.0.1"),
        ("10.0.0.1", "not an address", "not an address"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("", "198.51.100.1", ""),
    ],
)
def test_what_our_proxies_wrote_is_believed(
    remote: str, forwarded: str, found: str, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    assert asked(remote, forwarded) == found


def test_a_proxy_behind_a_socket_file_has_no_address(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["unix"]
    assert asked("", "198.51.100.1") == "198.51.100.1"
    assert asked("203.0.113.7", "198.51.100.1") == "203.0.113.7"
