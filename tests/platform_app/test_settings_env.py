"""A variable that is missing or cannot be read stops the start, by name."""

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from platform_app.settings import env
from platform_app.settings.base import database
from platform_app.settings.env import BadEnvironment

NAME = "BAITIAO_SAMPLE"
KEY = bytes(range(32))


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(NAME, raising=False)


def test_text() -> None:
    assert env.text(NAME, "x") == "x"
    with pytest.raises(BadEnvironment, match=f"{NAME} is not set"):
        env.text(NAME)


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("1", True), ("true", True), (" YES ", True), ("on", True), ("0", False), ("False", False),
     ("no", False), ("off", False)],
)  # fmt: skip
def test_flags(monkeypatch: pytest.MonkeyPatch, value: str, *, meaning: bool) -> None:
    monkeypatch.setenv(NAME, value)
    assert env.flag(NAME, default=not meaning) is meaning


def test_defaults() -> None:
    assert env.flag(NAME, default=True) is True
    assert env.flag(NAME, default=False) is False
    assert env.integer(NAME, 8) == 8
    assert env.words(NAME) == []
    assert env.words(NAME, "a, b ,,c") == ["a", "b", "c"]


def test_whole_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "12")
    assert env.integer(NAME, 8) == 12
    assert env.words(NAME) == ["12"]


@pytest.mark.parametrize(
    ("read", "value", "complaint"),
    [
        (lambda: env.flag(NAME, default=True), "maybe", "must be 1 or 0, not 'maybe'"),
        (lambda: env.flag(NAME, default=True), "", "must be 1 or 0, not ''"),
        (lambda: env.integer(NAME, 8), "1.5", "must be a whole number, not '1.5'"),
        (lambda: env.secret(NAME, kept_in=Path("unused")), "not base64!", "must be base64"),
        (lambda: env.secret(NAME, kept_in=Path("unused")), "", "must hold 32 bytes"),
        (lambda: env.secret(NAME, kept_in=Path("unused")), "c2hvcnQ=", "must hold 32 bytes"),
    ],
)
def test_what_cannot_be_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], value: str, complaint: str
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(BadEnvironment, match=f"{NAME} {complaint}"):
        read()


def test_a_secret_is_read_or_made_once_for_development(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kept = tmp_path / "deep" / "key"
    made = env.secret(NAME, kept_in=kept)
    assert len(made) == 32
    assert env.secret(NAME, kept_in=kept) == made
    assert kept.stat().st_mode & 0o777 == 0o600
    monkeypatch.setenv(NAME, base64.b64encode(KEY).decode())
    assert env.secret(NAME, kept_in=kept) == KEY


def test_a_database_address() -> None:
    read = database("postgresql://us%40er:p%2Fw@db.example:5433/baitiao")
    assert {key: read[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")} == {
        "NAME": "baitiao", "USER": "us@er", "PASSWORD": "p/w", "HOST": "db.example", "PORT": "5433",
    }  # fmt: skip
    assert (read["ENGINE"], read["ATOMIC_REQUESTS"]) == ("platform_app.kernel.postgres", False)
