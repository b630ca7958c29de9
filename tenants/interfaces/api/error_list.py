"""Every refusal a caller may meet, from the classes themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.utils.translation import gettext, override

from platform_app.kernel import idempotency
from platform_app.kernel.errors import DomainError

HEADER = """# Errors 错误码

> Every refusal by its code, with the words a person may be shown.
>
> 全部错误码一览：程序按错误码判断，给人看的文字直接用应答里的标题。错误码永不改名；
> 可重试的拒绝请用同一个幂等键原样重发。

Every refusal is `application/problem+json` (RFC 9457). Decide on `code`, which is never renamed;
show `title`, which comes in the language of the request (`Accept-Language`). `errors[]` points to
the fields. When `retryable` is true, send the same request with the same key again.

每个拒绝都是 `application/problem+json`（RFC 9457）。程序请按 `code` 判断，它永不改名；
给人看的文字用 `title`，语言由 `Accept-Language` 决定；`errors[]` 指出字段；`retryable` 为 true 时，
请用同一个 Idempotency-Key 原样重发。

This page is written by `tenants.interfaces.api.error_list.error_page`. 本页由程序生成，请勿手改。

| code | HTTP | English | 中文 |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One code with its words; `{facts}` are filled in when it happens."""

    code: str
    status: int
    english: str
    chinese: str


def error_entries() -> list[Entry]:
    """All refusals by code. One code may have several wordings; each is listed."""
    homes = (*_modules(), idempotency.__name__)
    return sorted(
        {
            _entry(kind)
            for kind in _kinds(DomainError)
            if any(
                kind.__module__ == home or kind.__module__.startswith(f"{home}.") for home in homes
            )
            and kind.code != DomainError.code
        }
    )


def _modules() -> Iterator[str]:
    """The errors modules of all apps, loaded."""
    for app in apps.get_app_configs():
        name = f"{app.name}.errors"
        if find_spec(name) is not None:
            yield import_module(name).__name__


def error_page() -> str:
    """The text of docs/partners/errors.md."""
    rows = [
        f"| `{entry.code}` | {entry.status} | {_cell(entry.english)} | {_cell(entry.chinese)} |\n"
        for entry in error_entries()
    ]
    return HEADER + "".join(rows)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _entry(kind: type[DomainError]) -> Entry:
    with override("en"):
        english = gettext(kind.message)
    with override("zh-hans"):
        chinese = gettext(kind.message)
    return Entry(kind.code, kind.status, english, chinese)


def _kinds(base: type[DomainError]) -> Iterator[type[DomainError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
