"""Is the process up, and can it reach what it needs."""

from django.core.cache import cache
from django.db import connection
from django.db.utils import OperationalError
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError


def live(_: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(_: HttpRequest) -> JsonResponse:
    """503 with the name of what is missing, so that a balancer sends nobody here."""
    missing = []
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except OperationalError:
        missing.append("database")
    try:
        cache.set("health", 1, 5)
    except RedisError:
        missing.append("redis")
    return JsonResponse({"missing": missing}, status=503 if missing else 200)
