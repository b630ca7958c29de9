"""The usual mistakes are found by trying them, and the first difference by comparing."""

from collections.abc import Callable

import pytest

from tenants.domain.signing import Authorization, string_to_sign
from tenants.domain.signing_mistakes import (
    LONGEST_BODY,
    MISTAKES,
    Difference,
    difference,
    mistakes,
)

SAID = Authorization("BT-HMAC-SHA256", "key_1", "0" * 32, 1_795_190_400, "AA==")
TARGET = "/api/v1/orders:batch?name=%E7%8C%AB&a=b%2Fc"
DECODED = "/api/v1/orders:batch?name=猫&a=b/c".encode().decode("latin-1")
BODY = '{"名":"A&B <猫/狗>","a":[1,2]}'.encode()


def signed(target: str = TARGET, body: bytes = BODY, method: str = "POST") -> bytes:
    return string_to_sign(method, target, SAID.timestamp, SAID.nonce, body)


def found(theirs: bytes, body: bytes = BODY) -> list[str]:
    return mistakes("POST", TARGET, SAID, body, lambda message: message == theirs)


@pytest.mark.parametrize(
    ("code", "theirs"),
    [
        ("method", lambda: signed(method="post")),
        ("query_missing", lambda: signed(TARGET.partition("?")[0])),
        ("target_decoded", lambda: signed(DECODED)),
        ("query_sorted", lambda: signed("/api/v1/orders:batch?a=b%2Fc&name=%E7%8C%AB")),
        ("body_missing", lambda: signed(body=b"")),
        ("body_rewritten", lambda: signed(body='{"a": [1, 2], "名": "A&B <猫/狗>"}'.encode())),
        ("body_rewritten", lambda: signed(body=b'{"\\u540d":"A&B <\\u732b\\/\\u72d7>","a":[1,2]}')),
        ("body_newline", lambda: signed(body=BODY + b"\n")),
        ("last_line_feed", lambda: signed()[:-1]),
        ("line_endings", lambda: signed().replace(b"\n", b"\r\n")),
        ("literal_backslash_n", lambda: signed().replace(b"\n", b"\\n")),
    ],
)  # fmt: skip
def test_each_mistake_is_named(code: str, theirs: Callable[[], bytes]) -> None:
    assert found(theirs()) == [code]
    assert MISTAKES[code]


def test_what_cannot_be_explained_is_not_explained() -> None:
    assert found(b"something else") == []
    assert found(signed(body=b"{"), body=b"[" * 60_000) == []
    long = b'["' + b"x" * LONGEST_BODY + b'"]'
    assert found(signed(body=long.replace(b"[", b"[ ")), body=long) == []


def test_the_first_difference_is_a_part_and_a_byte_of_it() -> None:
    ours = signed()
    assert difference(ours, ours) is None
    assert difference(ours, signed(method="PUT")) == Difference("method", 1)
    assert difference(ours, signed(TARGET + "&x=1")) == Difference("target", len(TARGET))
    assert difference(ours, signed(body=BODY[:-1])) == Difference("body", len(BODY) - 1)
    assert difference(ours, b"POST") == Difference("target", 0)
