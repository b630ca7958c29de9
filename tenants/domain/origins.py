"""Web origins a platform may embed us in."""

import re
from typing import Final
from urllib.parse import urlsplit

from tenants.errors import BadOrigin

_HOST: Final = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
_LOCAL: Final = frozenset(["localhost", "127.0.0.1"])
_DEFAULT_PORT: Final = {"https": 443, "http": 80}


def origin(text: str) -> str:
    """`https://shop.example[:port]`, lower case, default port left out.

    Plain http is for localhost and 127.0.0.1 only. Raises BadOrigin for paths, wildcards, others.
    """
    found = _read(text.strip().lower())
    if found is None:
        raise BadOrigin(field="embed_origins", origin=text[:100])
    return found


def origin_of(url: str) -> str | None:
    """The origin of an address, or None when it has no usable one."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if "@" in parts.netloc or "\\" in url or any(letter.isspace() for letter in url):
        return None
    return _read(f"{parts.scheme}://{parts.netloc}".lower())


def _read(text: str) -> str | None:
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if (
        parts.scheme not in _DEFAULT_PORT
        or text.removesuffix("/") != f"{parts.scheme}://{parts.netloc}"
    ):
        return None
    if "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    if parts.scheme == "http" and host not in _LOCAL:
        return None
    tail = "" if port is None or port == _DEFAULT_PORT[parts.scheme] else f":{port}"
    return f"{parts.scheme}://{host}{tail}"
