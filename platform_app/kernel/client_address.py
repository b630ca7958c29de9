"""Where a request came from, as far as we can know."""

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from typing import Final

from django.conf import settings
from django.http import HttpRequest

# A proxy on the same machine that speaks over a socket file has no address.
SOCKET: Final = "unix"


def client_address(request: HttpRequest) -> str:
    """The address of whoever called us, or an empty text when nobody can tell.

    `X-Forwarded-For` is believed only as far as our own proxies wrote it (setting
    `TRUSTED_PROXIES`): from the right, the first address that is not one of theirs.
    """
    proxies: Sequence[str] = settings.TRUSTED_PROXIES
    address = str(request.META.get("REMOTE_ADDR", ""))
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    while said and said[-1] and _is_proxy(address, proxies):
        address = said.pop()
    return address


def _is_proxy(address: str, proxies: Sequence[str]) -> bool:
    if not address:
        return SOCKET in proxies
    try:
        found = ip_address(address)
    except ValueError:
        return False
    plain = getattr(found, "ipv4_mapped", None) or found
    return any(plain in ip_network(one) for one in proxies if one != SOCKET)
