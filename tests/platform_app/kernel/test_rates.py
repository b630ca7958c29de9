"""Requests are counted by caller and bucket in windows of ten seconds."""

from typing import Any

import pytest
import structlog

from platform_app.kernel import rates
from platform_app.kernel.errors import RateLimited, TooManyFailures


def test_a_window_is_spent_and_then_refused(settings: Any) -> None:
    settings.API_RATE_PER_SECOND, settings.API_BATCH_RATE_PER_SECOND = 2, 1
    left = [rates.spend("key_a", rates.CALLS) for _ in range(20)]
    assert [one.remaining for one in left if one] == list(range(19, -1, -1))
    first = left[0]
    assert first is not None
    assert first.headers["RateLimit-Policy"] == "20;w=10"
    assert first.headers["RateLimit-Limit"] == "20"
    assert 1 <= first.reset_seconds <= 10
    with pytest.raises(RateLimited) as refusal:
        rates.spend("key_a", rates.CALLS)
    headers = refusal.value.headers
    assert (headers["RateLimit-Remaining"], headers["Retry-After"]) == (
        "0", headers["RateLimit-Reset"],
    )  # fmt: skip
    assert refusal.value.facts == {"seconds": int(headers["Retry-After"])}


def test_others_and_other_buckets_have_windows_of_their_own(settings: Any) -> None:
    settings.API_RATE_PER_SECOND, settings.API_BATCH_RATE_PER_SECOND = 20, 1
    for _ in range(10):
        rates.spend("key_a", rates.BATCHES)
    with pytest.raises(RateLimited):
        rates.spend("key_a", rates.BATCHES)
    for caller, bucket, remaining in (
        ("key_b", rates.BATCHES, 9),
        ("key_a", rates.CALLS, 199),
        ("key_a", "debug", 199),
    ):
        spent = rates.spend(caller, bucket)
        assert spent is not None
        assert spent.remaining == remaining


def test_without_redis_nobody_is_held_up(settings: Any) -> None:
    settings.API_RATE_PER_SECOND = 1
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    assert [rates.spend("key_a", rates.CALLS) for _ in range(11)] == [None] * 11


def test_a_rate_of_zero_counts_nothing(settings: Any) -> None:
    settings.API_RATE_PER_SECOND = 0
    assert rates.spend("key_a", rates.CALLS) is None


def test_failures_are_counted_by_address_and_bucket(settings: Any) -> None:
    settings.FAILURES_PER_MINUTE = 2
    for _ in range(2):
        rates.check_failures("192.0.2.1", rates.KEYS)
        rates.fail("192.0.2.1", rates.KEYS)
    for act in (rates.fail, rates.check_failures):
        with pytest.raises(TooManyFailures) as refusal:
            act("192.0.2.1", rates.KEYS)
        seconds = int(refusal.value.headers["Retry-After"])
        assert 1 <= seconds <= 60
        assert refusal.value.facts == {"seconds": seconds}
    for address, bucket in (("192.0.2.2", rates.KEYS), ("192.0.2.1", rates.LOGINS), ("", "keys")):
        rates.check_failures(address, bucket)
        rates.fail(address, bucket)


def test_without_redis_no_failure_is_held_against_anybody(settings: Any) -> None:
    settings.FAILURES_PER_MINUTE = 1
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "redis://127.0.0.1:1/0"}}
    with structlog.testing.capture_logs() as said:
        for _ in range(3):
            rates.check_failures("192.0.2.1", rates.KEYS)
            rates.fail("192.0.2.1", rates.KEYS)
    assert [one["event"] for one in said] == ["failures.not_counted"] * 6
