"""Standard Webhooks 1.0: what is signed, how, and when a failed delivery is tried again."""

import base64
import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 -- a prefix, not a secret
GONE: Final = 410
# Before the first try, and after each failed one: ten tries over about three days.
LADDER: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER_PERCENT: Final = 10
LONGEST_WAIT: Final = timedelta(hours=24)
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
# Bodies carry ids and figures; a partner asks for the rest with a signed GET.
_PRIVATE: Final = frozenset(
    ["name", "merchant_name", "phone", "email", "id_no", "bank_account", "ip", "user_agent"]
)


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def sign(secret: str, *, message_id: str, timestamp: int, body: str) -> str:
    """The `webhook-signature` header: `v1,` and HMAC-SHA256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    message = f"{message_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.digest(key, message, hashlib.sha256)).decode()


def headers(*secrets_in_force: str, message_id: str, timestamp: int, body: str) -> dict[str, str]:
    """Everything a delivery is sent with; one signature for each secret in force."""
    signed = [
        sign(one, message_id=message_id, timestamp=timestamp, body=body) for one in secrets_in_force
    ]
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Baitiao-Webhooks/1.0",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signed),
    }


def body(
    *,
    event_id: str,
    name: str,
    subject: str,
    at: datetime,
    tenant_id: str,
    mode: str,
    props: Mapping[str, Any],
) -> str:
    """The JSON of an event: `{id, type, timestamp, tenant_id, mode, data, version?}`, no name."""
    shown = {key: value for key, value in props.items() if key not in _PRIVATE}
    version = shown.pop("version", None)
    message: dict[str, Any] = {
        "id": event_id,
        "type": name,
        "timestamp": at.astimezone(_SHANGHAI).isoformat(),
        "tenant_id": tenant_id,
        "mode": mode,
        "data": {**shown, "object": name.split(".")[-2], "id": subject},
    }
    if version is not None:
        message["version"] = version
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def wants(event_names: list[str], name: str) -> bool:
    """Whether a list of exact names and `prefix.*` patterns asks for this event; empty asks all."""
    return not event_names or any(
        name == wanted or (wanted.endswith(".*") and name.startswith(wanted[:-1]))
        for wanted in event_names
    )


def wait_after(attempt_count: int, *, delivery_id: str) -> timedelta | None:
    """How long to wait after the n-th failed try, or None when that was the last.

    The jitter of ±10 % is drawn from the delivery's id: spread over deliveries, same every time.
    """
    if attempt_count >= len(LADDER):
        return None
    spread = zlib.crc32(f"{delivery_id}:{attempt_count}".encode()) % (2 * JITTER_PERCENT + 1)
    return LADDER[attempt_count] * (100 - JITTER_PERCENT + spread) / 100


def retry_after(header: str, *, at: datetime) -> timedelta:
    """The wait a receiver asks for, in seconds or as a date; at most a day, none if unreadable."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        asked = timedelta(seconds=int(text[:6]))
    else:
        try:
            asked = parsedate_to_datetime(text) - at
        except (ValueError, TypeError):
            return timedelta(0)
    return max(timedelta(0), min(asked, LONGEST_WAIT))
