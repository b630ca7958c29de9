"""An address from a stranger must not lead into our own network."""

import socket
import threading
import time
from contextlib import suppress
from typing import Any

import pytest
import urllib3

from tenants.gateways import http_post
from tenants.gateways.http_post import NotAllowed, Target, _pool, checked, is_public, line_to, post


def answers(*addresses: str) -> Any:
    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", (address, port)) for address in addresses]

    return resolve


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2400:3200::1", True),
        ("10.0.0.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("192.168.1.1", False),
        ("0.0.0.0", False),  # noqa: S104 -- must be refused
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("nonsense", False),
    ],
)
def test_public_addresses(address: str, *, public: bool) -> None:
    assert is_public(address) is public


def test_the_checked_address_is_the_one_connected_to() -> None:
    target = checked(
        "https://hooks.example:8443/a/b?c=d", allow_local=False, resolve=answers("8.8.8.8")
    )
    assert target == Target("https", "hooks.example", 8443, "8.8.8.8", "/a/b?c=d")
    assert checked("https://h.example", allow_local=False, resolve=answers("8.8.8.8")).path == "/"


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example/", "ftp://hooks.example/", "hooks.example", "https://", "",
        "https://u:p@hooks.example/", "https://hooks.example/#x", "https://hooks.example/ x",
        "https://hooks.example:99999/", "https://钩.example/", "https://hooks.example/\r\nX: y",
        "http://127.0.0.1/", "http://localhost:9/",
    ],
)  # fmt: skip
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(NotAllowed):
        checked(url, allow_local=False, resolve=answers("8.8.8.8"))


@pytest.mark.parametrize("addresses", [(), ("10.0.0.1",), ("8.8.8.8", "127.0.0.1")])
def test_every_address_of_a_name_must_be_public(addresses: tuple[str, ...]) -> None:
    with pytest.raises(NotAllowed):
        checked("https://hooks.example/", allow_local=False, resolve=answers(*addresses))


def test_a_name_that_does_not_resolve_is_refused() -> None:
    def nowhere(*_: Any, **__: Any) -> list[Any]:
        raise OSError

    with pytest.raises(NotAllowed):
        checked("https://hooks.example/", allow_local=False, resolve=nowhere)


def test_local_addresses_are_for_the_sandbox() -> None:
    target = checked("http://127.0.0.1:8099/x", allow_local=True)
    assert target == Target("http", "127.0.0.1", 8099, "127.0.0.1", "/x")
    with pytest.raises(NotAllowed):
        checked("http://10.0.0.1/", allow_local=True)


def test_posting_never_raises() -> None:
    refused = post("http://10.0.0.1/", headers={}, body="{}", allow_local=True)
    assert (refused.status_code, refused.error, refused.is_success) == (
        None, "refused: https only", False,
    )  # fmt: skip
    nobody = post("http://127.0.0.1:1/", headers={}, body="{}", allow_local=True)
    assert nobody.status_code is None
    assert "NewConnectionError" in nobody.error


def test_tls_is_verified_against_the_name() -> None:
    pool = _pool(Target("https", "hooks.example", 443, "8.8.8.8", "/"), [])
    assert isinstance(pool, urllib3.HTTPSConnectionPool)
    assert (pool.host, pool.assert_hostname, pool.cert_reqs) == (
        "8.8.8.8", "hooks.example", "CERT_REQUIRED",
    )  # fmt: skip
    assert pool.conn_kw["server_hostname"] == "hooks.example"
    pool.close()


def receiver(*answers_: bytes, keeps: bool) -> tuple[str, list[int], threading.Thread]:
    """A server that answers request after request; `keeps` its connection, or drops it unsaid."""
    listening = socket.create_server(("127.0.0.1", 0))
    seen: list[int] = []

    def serve() -> None:
        left, number = list(answers_), 0
        while left:
            connection, _ = listening.accept()
            number += 1
            while left:
                while b"{}" not in connection.recv(65_536):
                    pass
                seen.append(number)
                connection.sendall(left.pop(0))
                if not keeps:
                    break
            connection.close()
        listening.close()

    thread = threading.Thread(target=serve)
    thread.start()
    return f"http://127.0.0.1:{listening.getsockname()[1]}/", seen, thread


OK = b"HTTP/1.1 204 No Content\r\n\r\n"
LONG = b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + b"x" * 2000


@pytest.mark.parametrize(
    ("said", "keeps", "connections"),
    [
        ((OK, OK, OK), True, [1, 1, 1]),  # one connection, kept
        ((OK, OK, OK), False, [1, 2, 3]),  # the other side closes it without saying so
        ((LONG, OK), False, [1, 2]),  # a long answer is not read to its end
    ],
)
def test_a_line_keeps_its_connection_and_opens_it_anew(
    said: tuple[bytes, ...], keeps: Any, connections: list[int]
) -> None:
    url, seen, thread = receiver(*said, keeps=keeps)
    with line_to(url, allow_local=True) as send:
        replies = [send({}, "{}") for _ in said]
    thread.join()
    assert [reply.status_code for reply in replies] == [204 if one is OK else 200 for one in said]
    assert seen == connections


def test_a_head_that_drips_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each byte comes in time, and the head never ends."""
    monkeypatch.setattr(http_post, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(http_post, "READ_SECONDS", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(100):
                connection.sendall(b"H")
                time.sleep(0.1)
        connection.close()
        listening.close()

    thread = threading.Thread(target=serve)
    thread.start()
    url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
    reply = post(url, headers={}, body="{}", allow_local=True)
    thread.join()
    assert (reply.status_code, reply.excerpt) == (200, "")  # the status is what counts
    assert 400 <= reply.duration_ms < 3_000


def test_a_line_that_is_not_allowed_refuses_every_post() -> None:
    with line_to("http://10.0.0.1/", allow_local=True) as send:
        assert [send({}, "{}").error for _ in range(2)] == ["refused: https only"] * 2
