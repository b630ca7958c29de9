"""The script that partners load: small, and readable by web views ten years old."""

import gzip
import re
from pathlib import Path

SCRIPT = Path(__file__).parents[4] / "platform_app" / "static" / "embed" / "v1.js"
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def test_it_is_at_most_ten_kilobytes_compressed() -> None:
    assert len(gzip.compress(SCRIPT.read_bytes())) <= 10_000


def test_it_uses_nothing_newer_than_es5() -> None:
    code = COMMENT.sub("", SCRIPT.read_text(encoding="utf-8"))
    newer = re.compile(r"=>|`|\b(?:let|const|class|async|await)\b|\.\.\.")
    assert newer.findall(code) == []


def test_it_never_posts_to_just_anybody() -> None:
    assert '"*"' not in SCRIPT.read_text(encoding="utf-8")


def test_what_is_told_is_written_as_text_never_as_markup() -> None:
    code = COMMENT.sub("", SCRIPT.read_text(encoding="utf-8"))
    assert [
        word for word in ("innerHTML", "insertAdjacentHTML", "document.write") if word in code
    ] == []
