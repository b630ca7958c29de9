"""The origin of an address, or none."""

import pytest

from tenants.domain.origins import origin_of


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://Shop.Example/a?b#c", "https://shop.example"),
        ("https://shop.example:443/", "https://shop.example"),
        ("https://shop.example:8443", "https://shop.example:8443"),
        ("http://127.0.0.1:8000/x", "http://127.0.0.1:8000"),
        ("http://shop.example/", None),
        ("//shop.example/", None),
        ("https://[::1", None),
        ("https://shop.example\\@evil.example/", None),
        ("https://shop.example@evil.example/", None),
        ("https://shop .example/", None),
        ("data:text/html,x", None),
        ("", None),
    ],
)
def test_origins(url: str, found: str | None) -> None:
    assert origin_of(url) == found
