"""From which addresses a key may be used: addresses and ranges, IPv4 and IPv6."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

from tenants.errors import BadIpRange, TooManyIpRanges

MOST: Final = 50


def canonical(texts: Sequence[str]) -> list[str]:
    """As they are kept: `203.0.113.7/32`, each once, in order.

    Raises BadIpRange (not one, or bits behind the mask), TooManyIpRanges.
    """
    wanted = {text.strip() for text in texts} - {""}
    if len(wanted) > MOST:
        raise TooManyIpRanges(field="allowed_ips", limit=MOST)
    found = set()
    for text in wanted:
        try:
            found.add(str(ip_network(text)))
        except ValueError:
            raise BadIpRange(field="allowed_ips", text=text[:60]) from None
    return sorted(found)


def holds(ranges: Sequence[str], address: str) -> bool:
    """Whether the address lies in one of the ranges; one that cannot be read lies in none."""
    try:
        wanted = plain(address)
    except ValueError:
        return False
    return any(wanted in ip_network(one) for one in ranges)


def plain(address: str) -> IPv4Address | IPv6Address:
    """The address; `::ffff:203.0.113.7` is 203.0.113.7. Raises ValueError."""
    found = ip_address(address)
    return getattr(found, "ipv4_mapped", None) or found
