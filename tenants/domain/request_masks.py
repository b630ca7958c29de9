"""What the log of requests may show: people, secrets and account numbers are masked by name.

A name is a firm's and public only where its own object says `"kind": "company"`; everywhere else
it is taken for a person's.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

LONGEST: Final = 4_096
LONGEST_PATH: Final = 500
PARSED_BYTES: Final = 65_536  # more than that is not read again only to be masked and cut
_SECRET: Final = ("secret", "password", "signature", "token", "authorization", "private_key")
_TAILS: Final = frozenset(
    [
        "phone", "mobile", "telephone", "id_no", "id_number", "id_card", "bank_account",
        "account_no", "account_number", "card", "card_no", "card_number", "otp", "sms_code",
    ]
)  # fmt: skip
_HIDDEN: Final = frozenset(["email", "address", "ip", "user_agent", "evidence", "content"])
_NAMES: Final = frozenset(
    [
        "name", "merchant_name", "person_name", "holder_name", "account_name", "contact_name",
        "legal_representative", "applicant", "finance_contact",
    ]
)  # fmt: skip
_OF_FIRM: Final = frozenset(["name", "registration_no"])
_COMPANY: Final = "company"
_PHONE: Final = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
_ID_NO: Final = re.compile(r"(?<![0-9A-Za-z])\d{17}[\dXx](?![0-9A-Za-z])")
_FRAGMENT: Final = re.compile(r"(#\w+=)[^&\s\"]+")


def parsed(raw: bytes) -> Any:
    """The JSON of a body, or None: none, not JSON, or too long to be looked at."""
    if not raw or len(raw) > PARSED_BYTES:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def shown(raw: bytes, value: Any) -> str:
    """A body (and what `parsed` made of it) as the log keeps it: masked JSON, cut at `LONGEST`.

    What could not be read as JSON is not kept at all, only how long it was.
    """
    if not raw:
        return ""
    if value is None:
        return f"[{len(raw)} bytes]"
    try:
        text = json.dumps(masked(value), ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return f"[{len(raw)} bytes]"
    text = text.replace("\x00", "")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}… [{len(raw)} bytes]"


def masked(value: Any, key: str = "", *, is_firm: bool = False) -> Any:
    """The same value with everything private hidden; `key` is the field that it stands in."""
    if isinstance(value, Mapping):
        firm = value.get("kind") == _COMPANY
        return {one: masked(part, str(one), is_firm=firm) for one, part in value.items()}
    if isinstance(value, list):
        return [masked(part, key, is_firm=is_firm) for part in value]
    if value is None or isinstance(value, bool):
        return value
    return _leaf(value, key.lower(), is_firm=is_firm)


def _leaf(value: Any, rule: str, *, is_firm: bool) -> Any:
    if rule in _HIDDEN or any(word in rule for word in _SECRET):
        return "***"
    is_public = is_firm and rule in _OF_FIRM
    if rule in _TAILS or (rule == "registration_no" and not is_public):
        return _tail(str(value))
    if not isinstance(value, str):
        return value
    if rule in _NAMES and not is_public:
        return value[:1] + "*"
    return value if is_public else masked_text(value)


def masked_text(text: str) -> str:
    """Free text without mobile numbers, identity numbers and secrets in the fragment of a link."""
    for pattern in (_PHONE, _ID_NO):
        text = pattern.sub(lambda found: _tail(found[0]), text)
    return _FRAGMENT.sub(r"\1***", text)


def masked_path(path: str, query: str) -> str:
    """The address that was asked for: numbers of people masked, its query masked by name."""
    path = masked_text(path)
    pairs = parse_qsl(query, keep_blank_values=True)
    asked = urlencode([(key, str(masked(value, key))) for key, value in pairs], safe="*:@,")
    return (f"{path}?{asked}" if asked else path).replace("\x00", "")[:LONGEST_PATH]


def external_id(named: Mapping[str, Any], asked: Any, query: str, answered: Any) -> str:
    """The partner's own number that a request is about: in its path, body, query, or the answer."""
    places = (named, asked, dict(parse_qsl(query)), answered)
    for place in places:
        for key in ("external_id", "merchant_external_id", "order_no"):
            found = place.get(key) if isinstance(place, Mapping) else None
            if isinstance(found, str) and found:
                return found.replace("\x00", "")[:100]
    return ""


def _tail(text: str) -> str:
    return "****" + text[-4:] if len(text) > 8 else "****"  # noqa: PLR2004 -- half stays hidden
