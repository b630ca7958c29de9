"""How many requests a caller may send: windows of ten seconds, counted in Redis by its own clock.

When Redis does not answer, nobody is held up: counting is a courtesy to the neighbors, not a lock.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

from platform_app.kernel.errors import RateLimited

logger = structlog.get_logger(__name__)
WINDOW_SECONDS: Final = 10
CALLS, BATCHES = "calls", "batches"
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


def _count(key: str) -> tuple[int, int]:
    """The request's number in its window, and the milliseconds until that ends: one round trip."""
    address = settings.CACHES["default"]["LOCATION"]
    with _redis(address).pipeline() as pipe:
        pipe.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipe.incr(key)
        pipe.pttl(key)
        _, count, left_ms = pipe.execute()
    return int(count), int(left_ms)


@lru_cache(maxsize=4)
def _redis(address: str) -> Any:
    return Redis.from_url(address, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE)
