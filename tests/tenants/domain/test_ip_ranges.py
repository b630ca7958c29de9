"""Addresses and ranges of a key."""

import pytest

from tenants.domain import ip_ranges
from tenants.errors import BadIpRange, TooManyIpRanges


def test_ranges_are_kept_in_one_form() -> None:
    told = [" 203.0.113.7", "203.0.113.7/32", "198.51.100.0/24", "2001:db8::/32", ""]
    assert ip_ranges.canonical(told) == ["198.51.100.0/24", "2001:db8::/32", "203.0.113.7/32"]
    assert ip_ranges.canonical([]) == []


@pytest.mark.parametrize("text", ["shop.example", "203.0.113.7/24", "203.0.113", "1.2.3.4/33"])
def test_what_is_no_range(text: str) -> None:
    with pytest.raises(BadIpRange) as refusal:
        ip_ranges.canonical(["198.51.100.0/24", text])
    assert (refusal.value.field, refusal.value.facts) == ("allowed_ips", {"text": text})


def test_fifty_are_enough() -> None:
    told = [f"198.51.100.{number}" for number in range(51)]
    assert len(ip_ranges.canonical(told[:50])) == 50
    with pytest.raises(TooManyIpRanges):
        ip_ranges.canonical(told)


def test_who_is_inside() -> None:
    ranges = ["198.51.100.0/24", "2001:db8::/32"]
    inside = ["198.51.100.0", "198.51.100.255", "2001:db8::1", "::ffff:198.51.100.9"]
    outside = ["198.51.101.0", "2001:db9::1", "", "unknown", "::ffff:203.0.113.7"]
    assert [ip_ranges.holds(ranges, one) for one in inside] == [True] * 4
    assert [ip_ranges.holds(ranges, one) for one in outside] == [False] * 5
