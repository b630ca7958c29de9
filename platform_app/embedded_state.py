"""What is remembered of the embedded servers between two starts: ports and passwords."""

import dataclasses
import json
import os
import secrets
import socket
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from platform_app.embedded_host import EmbeddedError

FIRST_PORT, LAST_PORT = 15_000, 30_000  # below every system's range for outgoing connections


def _password() -> str:
    return secrets.token_urlsafe(24)


@dataclass(frozen=True, kw_only=True)
class State:
    """Ports change when somebody else took them; passwords are drawn once and stay."""

    postgres_port: int
    redis_port: int
    superuser_password: str = field(default_factory=_password, repr=False)
    owner_password: str = field(default_factory=_password, repr=False)
    app_password: str = field(default_factory=_password, repr=False)
    redis_password: str = field(default_factory=_password, repr=False)

    @property
    def database_url(self) -> str:
        return (
            f"postgresql://baitiao_app:{self.app_password}@127.0.0.1:{self.postgres_port}/baitiao"
        )

    @property
    def owner_url(self) -> str:
        owner = f"baitiao_owner:{self.owner_password}"
        return f"postgresql://{owner}@127.0.0.1:{self.postgres_port}/baitiao"

    @property
    def redis_url(self) -> str:
        return f"redis://:{self.redis_password}@127.0.0.1:{self.redis_port}/0"


def state_file(data: Path) -> Path:
    return data / "embedded.json"


def read(data: Path) -> State | None:
    """The state stored in `data`, or None. Raises EmbeddedError if it is not ours to read."""
    path = state_file(data)
    try:
        return State(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None
    except PermissionError as error:
        raise EmbeddedError(
            f"{path} belongs to another user: run as that user, or set BAITIAO_DATA_DIR."
        ) from error


def new(data: Path) -> State:
    """A first state. Its ports follow from the path, so that a fresh start finds them again."""
    offset = zlib.crc32(str(data).encode())
    postgres_port = free_port(FIRST_PORT + offset % (LAST_PORT - FIRST_PORT))
    return State(postgres_port=postgres_port, redis_port=free_port(postgres_port + 1))


def save(data: Path, state: State) -> None:
    """Store `state` for the present user's eyes only; a reader sees the old one or the new one."""
    partial = state_file(data).with_suffix(".partial")
    partial.unlink(missing_ok=True)
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(dataclasses.asdict(state), file)
    partial.replace(state_file(data))


def free_port(wanted: int) -> int:
    """`wanted`, or the next port after it that nobody on the loopback address listens on."""
    span = LAST_PORT - FIRST_PORT
    for step in range(span):
        port = FIRST_PORT + (wanted - FIRST_PORT + step) % span
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise EmbeddedError(f"Every port from {FIRST_PORT} to {LAST_PORT} is taken.")
