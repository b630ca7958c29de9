"""How many requests a caller may send: windows of ten seconds, counted in Redis by its own clock.

Failures to show a right key or password are counted by address in windows of a minute. A key is too
long to be guessed: whoever shows a right one is let in, however many others failed at that address.
A password is not: see `check_failures`.

When Redis does not answer, nobody is held up: counting is a courtesy to the neighbors, not a lock.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from platform_app.kernel.errors import RateLimited, TooManyFailures

logger = structlog.get_logger(__name__)
WINDOW_SECONDS: Final = 10
FAILURE_SECONDS: Final = 60
CALLS, BATCHES = "calls", "batches"
KEYS, LOGINS = "keys", "logins"
_PATIENCE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Spent:
    """What is left of a window; `reset_seconds` until the next one."""

    limit: int
    remaining: int
    reset_seconds: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
            "RateLimit-Policy": f"{self.limit};w={WINDOW_SECONDS}",
        }


def spend(caller: str, bucket: str) -> Spent | None:
    """Count one request of this caller; None where nothing is counted.

    Raises RateLimited, which carries the headers of its answer.
    """
    rates = (settings.API_RATE_PER_SECOND, settings.API_BATCH_RATE_PER_SECOND)
    rate = rates[bucket == BATCHES]
    if not rate:
        return None
    try:
        count, left_ms = _count(f"rate:{bucket}:{caller}")
    except RedisError as error:
        logger.warning("api.rates_not_counted", error=str(error))
        return None
    limit = rate * WINDOW_SECONDS
    spent = Spent(limit, max(0, limit - count), max(1, -(-left_ms // 1000)))
    if count > limit:
        refusal = RateLimited(seconds=spent.reset_seconds)
        refusal.headers = {**spent.headers, "Retry-After": str(spent.reset_seconds)}
        raise refusal
    return spent


def fail(address: str, bucket: str) -> None:
    """Count one failure from this address (none when nobody can tell it).

    Raises TooManyFailures, which carries the headers of its answer.
    """
    most: int = settings.FAILURES_PER_MINUTE
    if not most or not address:
        return
    try:
        count, left_ms = _count(f"fail:{bucket}:{address}", FAILURE_SECONDS)
    except RedisError as error:
        logger.warning("failures.not_counted", bucket=bucket, error=str(error))
        return
    if count == most + 1:
        logger.warning("failures.too_many", bucket=bucket, address=address)
    if count > most:
        raise _too_many(left_ms)


def check_failures(address: str, bucket: str) -> None:
    """Refuse before anything is compared, once the window's failures are spent.

    Raises TooManyFailures.
    """
    most: int = settings.FAILURES_PER_MINUTE
    if not most or not address:
        return
    key = f"fail:{bucket}:{address}"
    try:
        with _redis(settings.CACHES["default"]["LOCATION"]).pipeline() as pipe:
            pipe.get(key)
            pipe.pttl(key)
            count, left_ms = pipe.execute()
    except RedisError as error:
        logger.warning("failures.not_counted", bucket=bucket, error=str(error))
        return
    if int(count or 0) >= most:
        raise _too_many(int(left_ms))


def _too_many(left_ms: int) -> TooManyFailures:
    seconds = max(1, -(-left_ms // 1000))
    refusal = TooManyFailures(seconds=seconds)
    refusal.headers = {"Retry-After": str(seconds)}
    return refusal


def _count(key: str, window_seconds: int = WINDOW_SECONDS) -> tuple[int, int]:
    """The request's number in its window, and the milliseconds until that ends: one round trip."""
    address = settings.CACHES["default"]["LOCATION"]
    with _redis(address).pipeline() as pipe:
        pipe.set(key, 0, ex=window_seconds, nx=True)
        pipe.incr(key)
        pipe.pttl(key)
        _, count, left_ms = pipe.execute()
    return int(count), int(left_ms)


@lru_cache(maxsize=4)
def _redis(address: str) -> Any:
    return Redis.from_url(address, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
