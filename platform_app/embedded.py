"""PostgreSQL and Redis from pip, for machines that have neither: demo, development and tests.

`platform_app.servers` calls `ensure()` when it is `wanted()`. It leaves the servers
running, so that the next command finds them; whoever runs for long and started them calls
`stop_if_started_here()` at its end. On the command line:

    python -m platform_app.embedded start|stop|status|wipe
    python -m platform_app.embedded run COMMAND ...   (starts, runs, stops what it started)
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from platform_app import embedded_postgres, embedded_redis, embedded_state
from platform_app.embedded_host import EmbeddedError, data_dir, fallback_home, prepare
from platform_app.embedded_state import State

_started: set[tuple[int, Path]] = set()  # (process, data directory): a fork started nothing


@dataclass(frozen=True, kw_only=True)
class Embedded:
    """Where the servers answer. The app logs in by `database_url`, migrations by `owner_url`."""

    database_url: str
    owner_url: str
    redis_url: str


def wanted() -> bool:
    """Whether this process is to use the embedded servers: nobody named others, or said no."""
    named = "DATABASE_URL" in os.environ or "REDIS_URL" in os.environ
    return not named and os.environ.get("BAITIAO_EMBEDDED", "1") != "0"


def ensure() -> Embedded:
    """Return the URLs of this checkout's two servers, after starting what is down.

    Any number of processes may call it at once. Raises EmbeddedError with a reason to act on.
    """
    data = data_dir()
    state = embedded_state.read(data)
    if state is None or not _answer(state):
        with _locked(data):
            state = _start(data)
    return Embedded(
        database_url=state.database_url, owner_url=state.owner_url, redis_url=state.redis_url
    )


def stop() -> None:
    """Stop this checkout's servers and wait for their end; fine when there are none."""
    data = data_dir()
    with _locked(data):
        _stop(data)


def stop_if_started_here() -> None:
    """Stop the servers if it was this very process that started one of them."""
    if (os.getpid(), data_dir()) in _started:
        stop()


def wipe() -> None:
    """Stop the servers and delete everything they hold."""
    data = data_dir()
    with _locked(data):
        _stop(data)
        for directory in (data / "postgres", data / "redis", fallback_home(data)):
            if directory.exists():
                shutil.rmtree(directory)
        embedded_state.state_file(data).unlink(missing_ok=True)


def status() -> str:
    """One line for people: which server answers on which port."""
    state = embedded_state.read(data_dir())
    if state is None:
        return "never started"
    up = {True: "running", False: "stopped"}
    postgres = f"PostgreSQL {up[embedded_postgres.answers(state)]}, port {state.postgres_port}"
    return f"{postgres}; Redis {up[embedded_redis.answers(state)]}, port {state.redis_port}"


def run(command: list[str]) -> int:
    """Run `command` with the servers up, stop what that took, and return its exit status."""
    if not wanted():
        return subprocess.call(command)
    signal.signal(signal.SIGTERM, _leave)
    try:
        ensure()
        return subprocess.call(command)
    finally:
        stop_if_started_here()


def _answer(state: State) -> bool:
    return embedded_postgres.answers(state) and embedded_redis.answers(state)


def _start(data: Path) -> State:
    state = embedded_state.read(data)
    if state is not None and _answer(state):
        return state
    host = prepare(data)
    if state is None:
        state = embedded_state.new(data)
        embedded_redis.stop(host)
        embedded_postgres.adopt(host, state)
        embedded_state.save(data, state)
    _started.add((os.getpid(), data))
    state = embedded_postgres.start(host, data, state)
    return embedded_redis.start(host, data, state)


def _stop(data: Path) -> None:
    if embedded_state.read(data) or (data / "postgres").exists() or fallback_home(data).exists():
        host = prepare(data)
        embedded_redis.stop(host)
        embedded_postgres.stop(host)
    _started.discard((os.getpid(), data))


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """One starter or stopper at a time, across processes; a crash frees the lock."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "embedded.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(args: list[str]) -> int:
    """The command line described above."""
    verbs: dict[str, Callable[[], object]] = {
        "start": ensure,
        "stop": stop,
        "status": lambda: None,
        "wipe": wipe,
    }
    if len(args) > 1 and args[0] == "run":
        return run(args[1:])
    if len(args) != 1 or args[0] not in verbs:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        verbs[args[0]]()
        sys.stdout.write(f"{status()}\n")
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
