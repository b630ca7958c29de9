"""A key means one effect. The answer is stored in the transaction that made the effect."""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from platform_app.kernel import locks
from platform_app.kernel.errors import Conflict, DomainError, Invalid, gettext_noop
from platform_app.kernel.models import IdempotencyRecord
from platform_app.kernel.transactions import retrying

KEY_FORMAT: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class KeyRequired(Invalid):
    status = 400
    code = "idempotency_key_required"
    message = gettext_noop(
        "Send an Idempotency-Key header of 8–64 letters, digits, - or _ with this request."
    )


class KeyReused(DomainError):
    status = 422
    code = "idempotency_key_reused"
    message = gettext_noop("This Idempotency-Key was used before with another request body.")


class InProgress(Conflict):
    code = "request_in_progress"
    message = gettext_noop("The first request with this key is still running. Ask again shortly.")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the caller gets: HTTP status, JSON body, and whether it is a repetition."""

    status: int
    body: Any
    replayed: bool = False


def fingerprint(payload: Any) -> str:
    """SHA-256 over the parsed, key-sorted JSON: re-serializing a retry does not change it."""
    text = json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_key(key: str) -> None:
    """Raises KeyRequired for a key that is missing or not shaped as one."""
    if not KEY_FORMAT.fullmatch(key):
        raise KeyRequired(field="Idempotency-Key")


def once(
    *, caller: str, operation: str, key: str, payload: Any, act: Callable[[], Answer]
) -> Answer:
    """Run `act` and store its answer, or repeat the stored one.

    Raises KeyRequired, KeyReused (same key, other payload), InProgress (the first still runs).
    A refusal raised by `act` rolls everything back, stores nothing, and may be sent again.
    """
    check_key(key)
    print_ = fingerprint(payload)

    @retrying
    def answered() -> Answer | IdempotencyRecord:
        if not locks.try_hold(locks.LockSpace.IDEMPOTENCY, f"{caller}:{operation}:{key}"):
            raise InProgress
        stored = IdempotencyRecord.objects.filter(
            caller=caller, operation=operation, key=key
        ).first()
        if stored is not None:
            return stored
        answer = act()
        IdempotencyRecord.objects.create(
            caller=caller,
            operation=operation,
            key=key,
            fingerprint=print_,
            status=answer.status,
            body=answer.body,
        )
        return answer

    found = answered()
    if isinstance(found, Answer):
        return found
    if found.fingerprint != print_:
        raise KeyReused(field="Idempotency-Key")
    return Answer(found.status, found.body, replayed=True)
