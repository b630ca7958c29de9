"""The servers from pip, driven as a machine drives them: started, killed, found again."""

import os
import shutil
import signal
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg2
import pytest
import redis

from platform_app import embedded, embedded_state
from platform_app.embedded import Embedded
from platform_app.embedded_host import fallback_home

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def checkout() -> Iterator[Path]:
    """A data directory of its own, in a place whose parents only its owner may enter."""
    data = Path(tempfile.mkdtemp(prefix="baitiao-test-")) / "data"
    yield data
    command(data, "wipe")
    shutil.rmtree(data.parent)


@pytest.fixture
def servers(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Embedded:
    monkeypatch.setenv("BAITIAO_DATA_DIR", str(checkout))
    monkeypatch.setenv("BAITIAO_EMBEDDED_FSYNC", "off")
    return embedded.ensure()


def command(data: Path, *args: str) -> str:
    return begin(data, *args).communicate(timeout=60)[0]


def begin(data: Path, *args: str) -> "subprocess.Popen[str]":
    environment = os.environ | {"BAITIAO_DATA_DIR": str(data), "BAITIAO_EMBEDDED_FSYNC": "off"}
    return subprocess.Popen(
        [sys.executable, "-m", "platform_app.embedded", *args],
        cwd=ROOT,
        env={k: v for k, v in environment.items() if k not in {"DATABASE_URL", "REDIS_URL"}},
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(url: str, *statements: str) -> list[tuple[Any, ...]]:
    connection = psycopg2.connect(url)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall()
    finally:
        connection.close()


def home_of(checkout: Path) -> Path:
    return checkout if (checkout / "postgres").exists() else fallback_home(checkout)


def pid_of(file: Path) -> int:
    return int(file.read_text().split("\n", 1)[0])


def kill(checkout: Path) -> None:
    for file in ("postgres/postmaster.pid", "redis/server.pid"):
        os.kill(pid_of(home_of(checkout) / file), signal.SIGKILL)


class Stranger(socketserver.TCPServer):
    allow_reuse_address = True


@contextmanager
def listener(port: int) -> Iterator[None]:
    """Somebody else's server, which hangs up on everyone."""
    with Stranger(("127.0.0.1", port), socketserver.BaseRequestHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


def test_the_app_may_do_no_more_than_the_app(servers: Embedded) -> None:
    (answer,) = ask(
        servers.database_url,
        "SELECT current_user, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole,"
        " current_setting('TimeZone'), current_setting('synchronous_commit')"
        " FROM pg_roles WHERE rolname = current_user",
    )
    assert answer == ("baitiao_app", False, False, False, False, "UTC", "on")


def test_the_app_becomes_the_platform_by_name_only(servers: Embedded) -> None:
    assert ask(
        servers.database_url,
        "SELECT roleid::regrole::text, inherit_option, set_option, admin_option"
        " FROM pg_auth_members WHERE member = 'baitiao_app'::regrole",
    ) == [("baitiao_platform", False, True, False)]
    assert ask(servers.database_url, "SET ROLE baitiao_platform", "SELECT current_user::text") == [
        ("baitiao_platform",)
    ]


def test_the_owner_makes_tables_that_the_app_cannot_read(servers: Embedded) -> None:
    ask(servers.owner_url, "DROP TABLE IF EXISTS vault", "CREATE TABLE vault (id int)", "SELECT 1")
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        ask(servers.database_url, "SELECT * FROM vault")
    assert ask(servers.owner_url, "SET ROLE baitiao_app", "SELECT current_user::text") == [
        ("baitiao_app",)
    ]


def test_nobody_enters_without_a_password(servers: Embedded) -> None:
    user, _, rest = servers.database_url.partition("@")
    stranger = user.rpartition(":")[0] + ":wrong@" + rest
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        ask(stranger, "SELECT 1")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis.from_url("redis://" + servers.redis_url.partition("@")[2]).ping()


def test_secrets_are_for_the_owner_of_the_checkout(servers: Embedded, checkout: Path) -> None:
    assert servers.owner_url
    assert (checkout / "embedded.json").stat().st_mode & 0o777 == 0o600


def test_a_second_process_finds_what_the_first_started(servers: Embedded, checkout: Path) -> None:
    before = pid_of(home_of(checkout) / "postgres" / "postmaster.pid")
    line = command(checkout, "start")
    assert line.count("running") == 2
    assert pid_of(home_of(checkout) / "postgres" / "postmaster.pid") == before
    assert embedded.ensure() == servers


def test_killed_servers_come_back_with_what_was_committed(
    servers: Embedded, checkout: Path
) -> None:
    ask(
        servers.owner_url,
        "CREATE TABLE IF NOT EXISTS kept (id int)",
        "TRUNCATE kept",
        "INSERT INTO kept VALUES (7) RETURNING id",
    )
    kill(checkout)
    starters = [begin(checkout, "start") for _ in range(2)]  # at once, and neither may lose
    assert [process.communicate(timeout=60)[0].count("running") for process in starters] == [2, 2]
    assert embedded.ensure() == servers
    assert ask(servers.owner_url, "SELECT id FROM kept") == [(7,)]
    assert redis.Redis.from_url(servers.redis_url).ping() is True


def test_a_stranger_with_the_old_process_number_is_no_server(
    servers: Embedded, checkout: Path
) -> None:
    kill(checkout)
    for file in ("postgres/postmaster.pid", "redis/server.pid"):
        path = home_of(checkout) / file
        path.write_text(path.read_text().replace(str(pid_of(path)), str(os.getpid()), 1))
    assert embedded.ensure() == servers
    assert ask(servers.database_url, "SELECT 1") == [(1,)]


@pytest.mark.usefixtures("servers")
def test_a_taken_port_is_left_to_whoever_has_it(checkout: Path) -> None:
    before = embedded_state.read(checkout)
    assert before is not None
    embedded.stop()
    with listener(before.postgres_port):
        moved = embedded.ensure()
    after = embedded_state.read(checkout)
    assert after is not None
    assert after.postgres_port != before.postgres_port
    assert after.owner_password == before.owner_password
    assert ask(moved.database_url, "SELECT 1") == [(1,)]


def test_a_lost_state_file_loses_no_data(servers: Embedded, checkout: Path) -> None:
    ask(servers.owner_url, "CREATE TABLE IF NOT EXISTS outlives (id int)", "SELECT 1")
    (checkout / "embedded.json").unlink()
    renewed = embedded.ensure()
    assert renewed.owner_url != servers.owner_url
    assert ask(renewed.owner_url, "SELECT count(*) FROM outlives") == [(0,)]


def test_two_checkouts_live_side_by_side(servers: Embedded, checkout: Path) -> None:
    other = checkout.parent / ("long-name-" * 12)  # longer than a socket's path may be
    try:
        assert command(other, "start").count("running") == 2
        theirs, ours = embedded_state.read(other), embedded_state.read(checkout)
        assert theirs is not None
        assert ours is not None
        assert {theirs.postgres_port, theirs.redis_port}.isdisjoint(
            {ours.postgres_port, ours.redis_port}
        )
        assert ask(theirs.database_url, "SELECT 1") == [(1,)]
        assert ask(servers.database_url, "SELECT 1") == [(1,)]
    finally:
        command(other, "wipe")
    assert not fallback_home(other).exists()


def test_a_run_stops_only_what_it_started(servers: Embedded, checkout: Path) -> None:
    command(checkout, "run", "true")
    assert embedded.ensure() == servers
    assert embedded.status().count("running") == 2
    embedded.stop()
    tell = [sys.executable, "-m", "platform_app.embedded", "status"]
    assert command(checkout, "run", *tell).count("running") == 2
    assert embedded.status().count("stopped") == 2


def test_stop_leaves_no_process(servers: Embedded, checkout: Path) -> None:
    processes = [
        psutil.Process(pid_of(home_of(checkout) / file))
        for file in ("postgres/postmaster.pid", "redis/server.pid")
    ]
    assert embedded.ensure() == servers
    embedded.stop()
    embedded.stop()
    deadline = time.monotonic() + 5
    while any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in processes):
        assert time.monotonic() < deadline
    assert embedded.status().count("stopped") == 2
