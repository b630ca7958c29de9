"""The embedded Redis: start it, ask it, stop it."""

import time
from dataclasses import replace
from pathlib import Path

import redis

from platform_app import embedded_state
from platform_app.embedded_host import EmbeddedError, Host, running
from platform_app.embedded_state import State

SECONDS = 20


def answers(state: State) -> bool:
    """Whether a server with our own password answers on our port."""
    client = _client(state)
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False
    finally:
        client.close()


def start(host: Host, data: Path, state: State) -> State:
    """Start the server; return the state with its port. Raises EmbeddedError after 20 seconds."""
    home = host.home / "redis"
    home.mkdir(exist_ok=True)
    host.own(home, 0o700)
    deadline = time.monotonic() + SECONDS
    while not answers(state):
        if time.monotonic() > deadline:
            log = home / "server.log"
            raise EmbeddedError(f"Redis does not start:\n{log.read_text()[-2000:]}")
        if running(home / "server.pid", "redis-server") is None:
            state = replace(state, redis_port=embedded_state.free_port(state.redis_port))
            embedded_state.save(data, state)
            _write_settings(host, home, state)
            host.run([host.redis_server, home / "redis.conf"], cwd=home)
        time.sleep(0.05)
    return state


def stop(host: Host) -> None:
    """Let the server save what it holds and end; kill it when it does not within 20 seconds."""
    pid_file = host.home / "redis" / "server.pid"
    process = running(pid_file, "redis-server")
    if process is None:
        return
    process.terminate()
    deadline = time.monotonic() + SECONDS
    while running(pid_file, "redis-server") is not None:
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.02)


def _client(state: State) -> redis.Redis:
    return redis.Redis.from_url(state.redis_url, socket_timeout=2, socket_connect_timeout=2)


def _write_settings(host: Host, home: Path, state: State) -> None:
    settings = {
        "bind": "127.0.0.1",
        "port": state.redis_port,
        "requirepass": state.redis_password,
        "daemonize": "yes",
        "dir": f'"{home}"',
        "pidfile": f'"{home / "server.pid"}"',
        "logfile": f'"{home / "server.log"}"',
        "appendonly": "no",
        "save": "300 1",  # a stop saves too; a crash may lose the last queued tasks
        "stop-writes-on-bgsave-error": "no",
        "databases": "16",
    }
    path = home / "redis.conf"
    path.touch(mode=0o600)
    path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    host.own(path, 0o600)
