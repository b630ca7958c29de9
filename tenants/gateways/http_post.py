"""Posting to an address a stranger gave us, without letting it point at our own network.

The name is resolved once, every address it resolves to must be public, and the connection goes to
the very address that was checked: a second look-up could answer differently.
"""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

import certifi
import urllib3
from urllib3.exceptions import HTTPError, ProtocolError

CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 15.0
EXCERPT_BYTES: Final = 1_000
LOOK_SECONDS: Final = 0.5
STALE_SECONDS: Final = 1.0  # a kept connection that was closed says so at once
_LOCAL_HOSTS: Final = frozenset(["127.0.0.1", "localhost"])

Resolve = Callable[..., list[Any]]


class NotAllowed(ValueError):
    """The address is not https on the public internet."""


@dataclass(frozen=True, slots=True)
class Target:
    """A checked address: where to connect, and under which name."""

    scheme: str
    host: str
    port: int
    address: str
    path: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: a status and the beginning of the body, or an error and no status."""

    status_code: int | None
    excerpt: str
    error: str
    duration_ms: int
    retry_after: str = ""

    @property
    def is_success(self) -> bool:
        """2xx only: a redirect is a failure, not a place to go."""
        return self.status_code is not None and 200 <= self.status_code < 300  # noqa: PLR2004


Send = Callable[[Mapping[str, str], str], Reply]


def checked(url: str, *, allow_local: bool, resolve: Resolve = socket.getaddrinfo) -> Target:
    """The address to connect to. Raises NotAllowed, also when the name does not resolve."""
    parts, port = _parts(url)
    host = parts.hostname or ""
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if allow_local and host in _LOCAL_HOSTS:
        return Target(parts.scheme, host, port, "127.0.0.1", path)
    if parts.scheme != "https":
        raise NotAllowed("https only")
    try:
        found = resolve(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # a label that is empty, or longer than 63 letters
        raise NotAllowed("the name does not resolve") from error
    addresses = [str(item[4][0]) for item in found]
    if not addresses or not all(is_public(address) for address in addresses):
        raise NotAllowed("not a public address")
    return Target(parts.scheme, host, port, addresses[0], path)


def is_public(address: str) -> bool:
    """Whether this IP address is reachable for everybody, also when wrapped in IPv6."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is not None:
            return is_public(str(inner))
        if ip in ipaddress.ip_network("64:ff9b::/96"):
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def post(url: str, *, headers: Mapping[str, str], body: str, allow_local: bool) -> Reply:
    """Send once, as `line_to` does."""
    with line_to(url, allow_local=allow_local) as send:
        return send(headers, body)


@contextmanager
def line_to(url: str, *, allow_local: bool) -> Iterator[Send]:
    """Several posts to one address: looked up and checked once, over one connection if it is kept.

    Each post: no redirects, 5 s to connect, 15 s to answer, however slowly the other side drips;
    never raises. A kept connection that
    the other side had closed meanwhile is opened anew, once. Touches no database, so it may be
    used in any thread.
    """
    started = time.monotonic()
    try:
        target = checked(url, allow_local=allow_local)
    except NotAllowed as error:
        refused = Reply(None, "", f"refused: {error}", _since(started))
        yield lambda _headers, _body: refused
        return
    opened: list[Any] = []
    with _pool(target, opened) as pool:
        line = _Line(target, pool, opened)
        threading.Thread(target=line.watch, daemon=True).start()
        try:
            yield line.send
        finally:
            line.over.set()


@dataclass(slots=True)
class _Line:
    target: Target
    pool: urllib3.HTTPConnectionPool
    opened: list[Any]
    was_used: bool = False
    began: float | None = None
    over: threading.Event = field(default_factory=threading.Event)

    def send(self, headers: Mapping[str, str], body: str) -> Reply:
        started = self.began = time.monotonic()
        try:
            return self._kept(headers, body.encode(), started)
        except (HTTPError, OSError, ValueError) as error:
            return Reply(None, "", _short(error), _since(started))
        finally:
            self.began = None

    def watch(self) -> None:
        """End a connection that goes on talking: a timeout only ends one that is silent."""
        while not self.over.wait(LOOK_SECONDS):
            began = self.began
            if began is None or time.monotonic() - began < CONNECT_SECONDS + READ_SECONDS:
                continue
            for one in list(self.opened):
                if one.sock is not None:
                    with suppress(OSError):
                        one.sock.shutdown(socket.SHUT_RDWR)

    def _kept(self, headers: Mapping[str, str], body: bytes, started: float) -> Reply:
        was_used, self.was_used = self.was_used, True
        try:
            return _send(self.pool, self.target, headers, body, started)
        except ProtocolError:
            if not was_used or time.monotonic() - started > STALE_SECONDS:
                raise
            return _send(self.pool, self.target, headers, body, started)


def _send(
    pool: urllib3.HTTPConnectionPool,
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    started: float,
) -> Reply:
    default = 443 if target.scheme == "https" else 80
    name = f"[{target.host}]" if ":" in target.host else target.host
    host = name if target.port == default else f"{name}:{target.port}"
    response = pool.urlopen(
        "POST",
        target.path,
        body=body,
        headers={**headers, "Host": host},
        redirect=False,
        retries=False,
        preload_content=False,
    )
    is_whole = False
    try:
        excerpt, is_whole = _excerpt(response, started)
    finally:
        if is_whole:
            response.release_conn()
        else:
            response.close()
    return Reply(
        response.status, excerpt, "", _since(started), response.headers.get("Retry-After", "")
    )


def _pool(target: Target, opened: list[Any]) -> urllib3.HTTPConnectionPool:
    """Connections to one address; each is noted in `opened`."""
    timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
    if target.scheme == "http":
        pool = urllib3.HTTPConnectionPool(target.address, target.port, timeout=timeout)
    else:
        pool = urllib3.HTTPSConnectionPool(
            target.address,
            target.port,
            timeout=timeout,
            cert_reqs="CERT_REQUIRED",
            ca_certs=certifi.where(),
            assert_hostname=target.host,
            server_hostname=target.host,
        )
    kind: Any = pool.ConnectionCls

    def noted(*args: Any, **kwargs: Any) -> Any:
        opened.append(kind(*args, **kwargs))
        return opened[-1]

    pool.ConnectionCls = noted  # type: ignore[assignment]  # a maker will do
    return pool


def _excerpt(response: Any, started: float) -> tuple[str, bool]:
    """The first bytes of the answer, and whether that was all of it.

    The status is what counts, so a dripping body is cut off.
    """
    taken = b""
    try:
        while len(taken) < EXCERPT_BYTES and time.monotonic() - started < READ_SECONDS:
            piece = response.read1(EXCERPT_BYTES - len(taken))
            if not piece:
                return _text(taken), True
            taken += piece
    except (HTTPError, OSError):
        return _text(taken), False
    return _text(taken), False


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\x00", "")


def _parts(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("not an address") from error
    if parts.scheme not in {"https", "http"} or not parts.hostname or "@" in parts.netloc:
        raise NotAllowed("not an address")
    if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        raise NotAllowed("not an address")
    return parts, port or (443 if parts.scheme == "https" else 80)


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
