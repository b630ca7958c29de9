"""The guides for partners' developers: files of docs/partners, read with the code they describe."""

from functools import cache
from pathlib import Path
from typing import Final

from tenants.domain.guides import CLIENTS, Guide, Words, read_guide

FOLDER: Final = Path(__file__).resolve().parents[2] / "docs" / "partners"
# As a developer needs them; a guide that is not named here comes after these.
ORDER: Final = (
    "quick-start", "signatures", "signature-trouble", CLIENTS, "sandbox", "drawdown-life",
    "policies", "webhooks", "going-live", "errors",
)  # fmt: skip
LANGUAGES: Final = {".py": "python", ".mjs": "js", ".java": "java", ".php": "php", ".go": "go"}
CLIENTS_PAGE: Final = """# Clients 五种语言的客户端

> One file a language, without dependencies but those it names: signing, checking our answers,
> checking webhooks. Every one is held to the same golden vectors.
>
> 每种语言一个文件，除文件中写明的以外没有其他依赖：请求签名、校验应答签名、校验通知签名。
> 五个文件都用同一组标准向量验证过，可以直接放进项目使用。
"""


@cache
def slugs() -> tuple[str, ...]:
    """All guides, in the order in which they are read."""
    found = {path.stem for path in FOLDER.glob("*.md")} | {CLIENTS}
    return (*(one for one in ORDER if one in found), *sorted(found - set(ORDER)))


def list_guides(*, language: str, words: Words) -> list[Guide]:
    """All guides in the reader's language."""
    return [_guide(slug, language, words) for slug in slugs()]


def guide(slug: str, *, language: str, words: Words) -> Guide | None:
    """One guide; None where there is none of this name."""
    return _guide(slug, language, words) if slug in slugs() else None


@cache
def _guide(slug: str, language: str, words: Words) -> Guide:
    return read_guide(
        slug=slug,
        text=_clients() if slug == CLIENTS else (FOLDER / f"{slug}.md").read_text(encoding="utf-8"),
        language=language,
        others=frozenset(slugs()),
        words=words,
    )


def _clients() -> str:
    """Each file under its own name."""
    files = sorted(
        (path for path in (FOLDER / CLIENTS).iterdir() if path.suffix in LANGUAGES),
        key=lambda path: list(LANGUAGES).index(path.suffix),
    )
    parts = [
        f"## {path.name}\n\n````{LANGUAGES[path.suffix]}\n{path.read_text(encoding='utf-8')}````\n"
        for path in files
    ]
    return "\n".join([CLIENTS_PAGE, *parts])
