"""What people sign instead of the string to sign: tried one by one when a signature is wrong.

From the complaints of those who integrate such interfaces: a body that was parsed and written anew,
a query that was decoded or left out, a missing last line feed, a literal backslash and n.
"""

import json
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, Final, NamedTuple
from urllib.parse import unquote_to_bytes

from platform_app.kernel.errors import gettext_noop
from tenants.domain.signing import Authorization, string_to_sign

MISTAKES: Final[dict[str, str]] = {
    "method": gettext_noop("You signed the method in lower case; sign it in capitals."),
    "query_missing": gettext_noop("You signed the path without its query; sign both as sent."),
    "target_decoded": gettext_noop(
        "You signed the decoded path or query; sign it percent-encoded, as it is sent."
    ),
    "query_sorted": gettext_noop(
        "You signed the query in another order; sign it in the order it is sent."
    ),
    "body_missing": gettext_noop("You signed an empty body, but a body was sent."),
    "body_rewritten": gettext_noop(
        "You signed the same JSON written in another way (spaces, order of keys, escapes). Build "
        "the bytes once, sign them and send them."
    ),
    "body_newline": gettext_noop(
        "The body you signed and the body you sent differ in a line break at the end."
    ),
    "last_line_feed": gettext_noop("The line feed after the body is missing."),
    "line_endings": gettext_noop("You ended the lines with \\r\\n; end them with \\n alone."),
    "literal_backslash_n": gettext_noop(
        "You joined the parts with the two characters \\ and n; use a line feed."
    ),
}  # fmt: skip
# A longer body is not written anew in all its ways: that would be our work for anybody's request.
LONGEST_BODY: Final = 65_536
PARTS: Final = ("method", "target", "timestamp", "nonce", "body")


class Difference(NamedTuple):
    """Where the string you signed first differs from the one we built: a part, a byte of it."""

    part: str
    at: int


def mistakes(
    method: str, target: str, said: Authorization, body: bytes, fits: Callable[[bytes], bool]
) -> list[str]:
    """The codes of the mistakes with which the signature would have matched."""
    found = {code for code, message in _variants(method, target, said, body) if fits(message)}
    return [code for code in MISTAKES if code in found]


def difference(ours: bytes, theirs: bytes) -> Difference | None:
    """The first difference of two strings to sign, None when they are the same."""
    if ours == theirs:
        return None
    mine, yours = (one.split(b"\n", len(PARTS) - 1) for one in (ours, theirs))
    for part, left, right in zip(PARTS, mine, [*yours, *[b""] * len(PARTS)], strict=False):
        if left != right:
            return Difference(part, _first(left, right))
    return Difference(PARTS[-1], 0)


def _first(left: bytes, right: bytes) -> int:
    pairs = enumerate(zip(left, right, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(left), len(right)))


def _variants(
    method: str, target: str, said: Authorization, body: bytes
) -> Iterator[tuple[str, bytes]]:
    def message(method: str = method, target: str = target, body: bytes = body) -> bytes:
        return string_to_sign(method, target, said.timestamp, said.nonce, body)

    whole = message()
    yield "method", message(method=method.lower())
    path, _, query = target.partition("?")
    if query:
        yield "query_missing", message(target=path)
        yield "query_sorted", message(target=f"{path}?{'&'.join(sorted(query.split('&')))}")
    yield "target_decoded", message(target=unquote_to_bytes(target).decode("latin-1"))
    if body:
        yield "body_missing", message(body=b"")
        yield "body_newline", message(body=body.rstrip(b"\r\n"))
        yield "body_newline", message(body=body + b"\n")
        for text in _rewritten(body):
            yield "body_rewritten", message(body=text)
    yield "last_line_feed", whole[:-1]
    yield "line_endings", whole.replace(b"\n", b"\r\n")
    yield "literal_backslash_n", whole.replace(b"\n", b"\\n")


def _rewritten(body: bytes) -> Iterator[bytes]:
    if len(body) > LONGEST_BODY:
        return
    try:
        read: Any = json.loads(body)
    except (ValueError, RecursionError):
        return
    gaps = ((",", ":"), (", ", ": "))
    for ascii_only, in_order, gap, slashes in product((False, True), (False, True), gaps, (0, 1)):
        text = json.dumps(read, ensure_ascii=ascii_only, sort_keys=in_order, separators=gap)
        yield (text.replace("/", "\\/") if slashes else text).encode("utf-8", "surrogatepass")
