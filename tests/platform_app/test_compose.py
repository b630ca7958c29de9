"""docker-compose.yml, Dockerfile and .env.example say the same as the settings and the URL conf."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import resolve

from platform_app.embedded_postgres import MEMBERSHIPS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
OURS = ("web", "worker", "beat", "migrate")
DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUNICORN = {"WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"}


def read_by_settings() -> set[str]:
    reader = re.compile(r'env\.(?:text|flag|integer|words|secret)\(\s*"([A-Z0-9_]+)"')
    files = (ROOT / "platform_app" / "settings").glob("*.py")
    return {name for file in files for name in reader.findall(file.read_text())}


def named_in_example() -> set[str]:
    example = (ROOT / ".env.example").read_text()
    return set(re.findall(r"^(?:# )?([A-Z0-9_]+)=", example, re.MULTILINE))


def test_the_services_are_those_of_production() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis"}
    assert SERVICES["postgres"]["image"] == "postgres:18"
    assert SERVICES["redis"]["image"] == "redis:7"


def test_the_example_names_every_variable_the_settings_read() -> None:
    assert read_by_settings() - named_in_example() == set()


def test_the_example_names_every_variable_compose_asks_for() -> None:
    asked = set(re.findall(r"\$\{([A-Z0-9_]+)", TEXT))
    assert asked - named_in_example() == set()


@pytest.mark.parametrize("service", OURS)
def test_a_service_is_told_only_what_somebody_reads(service: str) -> None:
    told = set(SERVICES[service]["environment"])
    assert told - read_by_settings() - GUNICORN == set()


@pytest.mark.parametrize("service", OURS)
def test_only_the_migration_knows_the_owner(service: str) -> None:
    environment = SERVICES[service]["environment"]
    assert environment["DATABASE_URL"].startswith("postgresql://baitiao_app:")
    assert ("OWNER" in str(environment)) is (service == "migrate")


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_nothing_starts_before_the_schema_is_there(service: str) -> None:
    waits = SERVICES[service]["depends_on"]
    assert waits["migrate"] == {"condition": "service_completed_successfully"}
    assert waits["postgres"] == {"condition": "service_healthy"}


def test_no_secret_has_a_default() -> None:
    secrets = [line for line in TEXT.splitlines() if re.search(r"\$\{\w*(PASSWORD|_KEY)", line)]
    assert len(secrets) == 10
    assert [line for line in secrets if ":?}" not in line] == []


@pytest.mark.parametrize("text", [TEXT, DOCKERFILE], ids=["compose", "image"])
def test_the_health_checks_ask_for_pages_that_exist(text: str) -> None:
    (path,) = re.findall(r"/healthz/\w+", text)
    assert resolve(path).url_name is not None


def test_the_image_runs_as_an_ordinary_user() -> None:
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["baitiao"]
    assert (ROOT / "docker" / "healthcheck.py").stat().st_mode & 0o111 == 0o111


def test_the_roles_are_those_of_the_embedded_server() -> None:
    script = (ROOT / "docker" / "postgres-init.sh").read_text()
    granted = re.findall(r"GRANT (\w+) TO (\w+) WITH INHERIT FALSE, SET TRUE;", script)
    assert granted == list(MEMBERSHIPS)
