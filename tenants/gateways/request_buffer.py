"""Lines of the request log on their way to the table: a bounded list in Redis.

A line may be lost (Redis restarts, the list is full, a worker dies with a batch in its hands). A
request never waits for the log, and never fails because of it.
"""

import json
import zlib
from functools import lru_cache
from typing import Any, Final, cast

import structlog
from django.conf import settings
from redis import Redis
from redis.exceptions import RedisError

KEY: Final = "baitiao:api_requests"
MOST: Final = 20_000  # lines; the oldest make room
PATIENCE_SECONDS: Final = 0.2
logger = structlog.get_logger(__name__)


def push(line: dict[str, Any]) -> None:
    """Put a line at the end. Never raises: without Redis the line is lost and that is logged."""
    packed = zlib.compress(json.dumps(line, ensure_ascii=False).encode("utf-8", "replace"), 1)
    try:
        with _redis().pipeline(transaction=False) as both:
            both.rpush(KEY, packed)
            both.ltrim(KEY, -MOST, -1)
            both.execute()
    except RedisError as error:
        logger.warning("api_requests.line_lost", error=str(error))


def take(count: int) -> list[dict[str, Any]]:
    """Take up to so many lines from the front. Raises RedisError."""
    found = cast("list[bytes] | None", _redis().lpop(KEY, count))
    return [json.loads(zlib.decompress(packed)) for packed in found or []]


def _redis() -> Redis:
    return _client(str(settings.CACHES["default"]["LOCATION"]))


@lru_cache(maxsize=2)
def _client(url: str) -> Redis:
    return Redis.from_url(
        url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    )
