"""Up, and able to reach what it needs: said in a word a balancer understands."""

import pytest
from django.core.cache.backends.redis import RedisCache
from django.db import connection
from django.test import Client

from platform_app import health


@pytest.mark.django_db
def test_up_and_ready(client: Client) -> None:
    live, ready = client.get("/healthz/live"), client.get("/healthz/ready")
    assert (live.status_code, live.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"missing": []})


@pytest.mark.django_db
def test_without_redis(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "cache", RedisCache("redis://127.0.0.1:1/0", {}))
    answer = client.get("/healthz/ready")
    assert (answer.status_code, answer.json()) == (503, {"missing": ["redis"]})
    assert client.get("/healthz/live").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connection.close()
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "HOST", "127.0.0.1")
        broken.setitem(connection.settings_dict, "PORT", "1")
        answer = client.get("/healthz/ready")
        connection.close()
    assert (answer.status_code, answer.json()) == (503, {"missing": ["database"]})
    assert client.get("/healthz/ready").status_code == 200
