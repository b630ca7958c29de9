"""Typed readers of the environment. A missing or malformed value fails at boot with its name."""

import base64
import os
from pathlib import Path


class BadEnvironment(RuntimeError):
    """A variable is missing or cannot be read; the message names it."""


def text(name: str, default: str | None = None) -> str:
    value = os.environ.get(name, default)
    if value is None:
        msg = f"{name} is not set"
        raise BadEnvironment(msg)
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0").strip().lower()
    if value not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        msg = f"{name} must be 1 or 0, not {value!r}"
        raise BadEnvironment(msg)
    return value in {"1", "true", "yes", "on"}


def integer(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        msg = f"{name} must be a whole number, not {value!r}"
        raise BadEnvironment(msg) from error


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def secret(name: str, *, kept_in: Path, length: int = 32) -> bytes:
    """A base64 secret of `length` bytes; without the variable, one generated and kept in a file.

    The file is for development only: production sets the variable.
    """
    encoded = os.environ.get(name)
    if encoded is None:
        if not kept_in.exists():
            kept_in.parent.mkdir(parents=True, exist_ok=True)
            kept_in.touch(mode=0o600)
            kept_in.write_text(base64.b64encode(os.urandom(length)).decode())
        encoded = kept_in.read_text()
    try:
        raw = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        msg = f"{name} must be base64"
        raise BadEnvironment(msg) from error
    if len(raw) != length:
        msg = f"{name} must hold {length} bytes"
        raise BadEnvironment(msg)
    return raw
