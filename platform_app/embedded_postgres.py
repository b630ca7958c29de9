"""The embedded PostgreSQL: make the cluster, start it, give it its roles, stop it."""

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg2
from psycopg2 import sql
from psycopg2.extensions import connection as Connection  # noqa: N812 -- it is a class

from platform_app import embedded_state
from platform_app.embedded_host import EmbeddedError, Host, running
from platform_app.embedded_state import State

START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path has a length limit; loopback has none
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "min_wal_size": "256MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "synchronous_commit": "on",
    "random_page_cost": "1.1",
    "jit": "off",
    "max_locks_per_transaction": "256",  # one query may touch many monthly partitions
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
MEMBERSHIPS = (
    ("baitiao_platform", "baitiao_app"),
    ("baitiao_platform", "baitiao_owner"),
    ("baitiao_app", "baitiao_owner"),
)


def answers(state: State) -> bool:
    """Whether our own server, complete with roles and database, takes the app's login."""
    try:
        psycopg2.connect(state.database_url, connect_timeout=2).close()
    except psycopg2.OperationalError:
        return False
    return True


def start(host: Host, data: Path, state: State) -> State:
    """Bring the server up from any state a crash can leave; return the state with its port.

    Raises EmbeddedError with the end of the server's log when it does not come up in a minute.
    """
    cluster = host.home / "postgres"
    if not (cluster / "PG_VERSION").exists():
        _initialize(host, cluster, state)
    deadline = time.monotonic() + START_SECONDS
    while not (_runs(cluster) and _accepts(state)):
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL does not start:\n{_log_tail(cluster)}")
        if not _runs(cluster):
            port = embedded_state.free_port(state.postgres_port)
            state = replace(state, postgres_port=port)
            embedded_state.save(data, state)
            _launch(host, cluster, state)
        time.sleep(0.05)
    _create_roles(state)
    return state


def adopt(host: Host, state: State) -> None:
    """Make a cluster whose state file was lost take the passwords drawn anew.

    A stopped server is asked in single-user mode, which needs no password; after a crash it
    refuses while the last orphan of the old server lives, hence the patience.
    """
    cluster = host.home / "postgres"
    if not (cluster / "PG_VERSION").exists():
        return
    stop(host)
    _clear_stale_pid(cluster)
    _write_settings(host, cluster, state)
    single: list[str | Path] = [
        host.postgres_bin / "postgres",
        "--single",
        "-D",
        cluster,
        "postgres",
    ]
    statement = f"ALTER ROLE postgres PASSWORD '{state.superuser_password}';\n"
    deadline = time.monotonic() + START_SECONDS
    while (done := host.run(single, cwd=host.home, text=statement)).returncode:
        if time.monotonic() > deadline:
            raise EmbeddedError(f"PostgreSQL cannot be adopted:\n{done.stderr}")
        time.sleep(0.2)


def stop(host: Host) -> None:
    """Stop the server and wait for its end; open connections are cut. Nothing to do is fine."""
    cluster = host.home / "postgres"
    if _runs(cluster):
        _pg_ctl(host, cluster, "stop", "-w", "-m", "fast")


def _initialize(host: Host, cluster: Path, state: State) -> None:
    """Make the cluster aside and move it into place, so that a crash leaves none or a whole one."""
    partial = cluster.with_suffix(".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    host.own(partial, 0o700)
    with _handed_over(host, state.superuser_password) as password_file:
        initdb: list[str | Path] = [
            host.postgres_bin / "initdb",
            f"--pgdata={partial}",
            "--username=postgres",
            f"--pwfile={password_file}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",  # the same order of strings on every machine
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-sync",
        ]
        made = host.run(initdb, cwd=host.home)
    if made.returncode:
        raise EmbeddedError(f"initdb failed:\n{made.stdout}{made.stderr}")
    with (partial / "postgresql.conf").open("a") as file:
        file.write("include 'baitiao.conf'\n")
    partial.rename(cluster)


@contextmanager
def _handed_over(host: Host, secret: str) -> Iterator[Path]:
    """A file with `secret` that only the servers' account can read, gone afterwards."""
    path = host.home / "password.partial"
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    try:
        path.write_text(secret)
        host.own(path, 0o600)
        yield path
    finally:
        path.unlink()


def _launch(host: Host, cluster: Path, state: State) -> None:
    """Start once; whether that worked is for the caller to see, who tries again."""
    _clear_stale_pid(cluster)
    _write_settings(host, cluster, state)
    _pg_ctl(host, cluster, "start", "-w", "-t", str(START_SECONDS), "-l", str(_log(cluster)))


def _pg_ctl(host: Host, cluster: Path, *args: str) -> None:
    host.run([host.postgres_bin / "pg_ctl", "-D", cluster, *args], cwd=host.home)


def _write_settings(host: Host, cluster: Path, state: State) -> None:
    durable = os.environ.get("BAITIAO_EMBEDDED_FSYNC", "on") != "off"
    switch = "on" if durable else "off"
    settings = SETTINGS | {
        "port": str(state.postgres_port),
        "fsync": switch,
        "full_page_writes": switch,
    }
    path = cluster / "baitiao.conf"
    path.write_text("".join(f"{name} = '{value}'\n" for name, value in settings.items()))
    host.own(path, 0o600)


def _runs(cluster: Path) -> bool:
    return running(cluster / "postmaster.pid", "postgres") is not None


def _clear_stale_pid(cluster: Path) -> None:
    """After a crash the number in postmaster.pid may belong to a stranger, which stops a start."""
    if not _runs(cluster):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


def _log(cluster: Path) -> Path:
    return cluster / "server.log"


def _log_tail(cluster: Path) -> str:
    log = _log(cluster)
    return "\n".join(log.read_text().splitlines()[-20:]) if log.exists() else "(no log)"


def _connect(state: State) -> Connection:
    return psycopg2.connect(
        host="127.0.0.1",
        port=state.postgres_port,
        user="postgres",
        password=state.superuser_password,
        dbname="postgres",
        connect_timeout=5,
    )


def _accepts(state: State) -> bool:
    try:
        _connect(state).close()
    except psycopg2.OperationalError:
        return False
    return True


def _create_roles(state: State) -> None:
    """The three roles and the database, as often as wanted; the database last, as the seal."""
    logins = {"baitiao_owner": state.owner_password, "baitiao_app": state.app_password}
    connection = _connect(state)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL client_min_messages = warning")
            cursor.execute("SELECT rolname FROM pg_roles")
            known = {name for (name,) in cursor.fetchall()}
            for role in ("baitiao_owner", "baitiao_app", "baitiao_platform"):
                if role not in known:
                    cursor.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
            harmless = "NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS"
            cursor.execute(f"ALTER ROLE baitiao_owner LOGIN CREATEDB {harmless}")
            cursor.execute(f"ALTER ROLE baitiao_app LOGIN NOCREATEDB {harmless}")
            cursor.execute(f"ALTER ROLE baitiao_platform NOLOGIN NOCREATEDB {harmless}")
            for role, password in logins.items():
                change = sql.SQL("ALTER ROLE {} PASSWORD {}")
                cursor.execute(change.format(sql.Identifier(role), sql.Literal(password)))
            for role, member in MEMBERSHIPS:
                grant = sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE")
                cursor.execute(grant.format(sql.Identifier(role), sql.Identifier(member)))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = 'baitiao'")
            if cursor.fetchone() is None:
                cursor.execute("CREATE DATABASE baitiao OWNER baitiao_owner")
    finally:
        connection.close()
