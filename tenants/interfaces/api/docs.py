"""The reference for people, made from the OpenAPI document: no third-party page, no CDN."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

from platform_app.kernel.errors import gettext_noop
from tenants.interfaces.api.error_list import Entry, error_entries
from tenants.interfaces.api.examples import curl, sample

# In the order of an integration's life; the words are msgids.
TAGS: Final = (
    gettext_noop("Start"),
    gettext_noop("Merchants"),
    gettext_noop("Order data"),
    gettext_noop("Pool"),
    gettext_noop("Entry"),
    gettext_noop("Consents"),
    gettext_noop("Applications"),
    gettext_noop("Offers"),
    gettext_noop("Credit lines"),
    gettext_noop("Quotes"),
    gettext_noop("Drawdowns"),
    gettext_noop("Repayments"),
    gettext_noop("Statements"),
    gettext_noop("Settlements"),
    gettext_noop("Service desk"),
    gettext_noop("Events"),
    gettext_noop("Webhooks"),
    gettext_noop("Embed"),
    gettext_noop("Salespeople"),
    gettext_noop("Sandbox"),
)
TITLE: Final = gettext_noop("Baitiao partner API")
DEEPEST: Final = 3


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every operation with its fields, in the reader's language."""
    document = openapi()
    entries: list[Entry] = error_entries()
    return render(
        request,
        "docs/reference.html",
        {
            "title": gettext(TITLE),
            "api_version": document["info"]["version"],
            "groups": [_group(tag, document) for tag in TAGS],
            "entries": entries,
            "base_url": settings.PUBLIC_URL,
        },
    )


@lru_cache(maxsize=1)
def openapi() -> dict[str, Any]:
    """The document as it is published."""
    document: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return document


def _group(tag: str, document: dict[str, Any]) -> dict[str, Any]:
    return {
        "slug": tag.lower().replace(" ", "-"),
        "name": gettext(tag),
        "operations": [_operation(*one, document) for one in _operations(tag, document)],
    }


def _operations(tag: str, document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for address, methods in document["paths"].items():
        for method, one in methods.items():
            if tag in one.get("tags", []):
                yield method, address, one


def _operation(
    method: str, address: str, one: dict[str, Any], document: dict[str, Any]
) -> dict[str, Any]:
    asked = _json_of(one.get("requestBody", {}))
    status, answered = _success(one)
    return {
        "id": one["operationId"],
        "method": method.upper(),
        "path": address,
        "scope": one["x-scope"],
        "summary": gettext(one["summary"]),
        "description": _text(one),
        "refusals": one["x-refusals"],
        "parameters": [_parameter(p) for p in one.get("parameters", []) if not _is_answer(p)],
        "fields": list(_fields(asked, document)) if asked else [],
        "status": status,
        "answer": list(_fields(answered, document)) if answered else [],
        "curl": curl(
            method.upper(),
            f"{settings.PUBLIC_URL}{address}",
            sample(asked, document) if asked else None,
            is_keyed=any(p["name"] == "Idempotency-Key" for p in one.get("parameters", [])),
        ),
    }


def _text(one: dict[str, Any]) -> str:
    said = str(one["description"]).partition("\n\nRefusals:")[0]
    return "" if said == one["summary"] else _marked(said)


def _marked(msgid: str) -> str:
    """The translated text, what stands between backticks as code."""
    parts = gettext(msgid).split("`") if msgid else []
    shapes = ("{}", "<code>{}</code>")
    return format_html_join(
        "", "{}", ((format_html(shapes[n % 2], part),) for n, part in enumerate(parts))
    )


def _success(one: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    status = next(code for code in one["responses"] if code.startswith("2"))
    return status, _json_of(one["responses"][status])


def _json_of(holder: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = holder.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def _is_answer(parameter: dict[str, Any]) -> bool:
    return bool(parameter["name"] == "Idempotent-Replayed")


def _parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    text = parameter.get("description", "")
    return {
        "name": parameter["name"],
        "place": parameter["in"],
        "type": parameter["schema"].get("type", ""),
        "required": parameter.get("required", False),
        "text": _marked(text),
    }


def _fields(
    schema: dict[str, Any], document: dict[str, Any], prefix: str = "", depth: int = 0
) -> Iterator[dict[str, Any]]:
    whole = resolved(schema, document)
    required = set(whole.get("required", []))
    for name, part in whole.get("properties", {}).items():
        inner = resolved(part, document)
        text = part.get("description") or inner.get("description", "")
        kind = _kind(inner)
        yield {
            "name": prefix + name,
            "type": kind,
            "required": name in required,
            "text": _marked(text),
            "values": [value for value in inner.get("enum", []) if value],
        }
        item = inner.get("items", inner) if kind.startswith("array") else inner
        below = f"{prefix}{name}{'[]' if item is not inner else ''}."
        if depth < DEEPEST:
            yield from _fields(item, document, below, depth + 1)


def _kind(schema: dict[str, Any]) -> str:
    said = schema.get("type", "object")
    words = [word for word in said if word != "null"] if isinstance(said, list) else [said]
    nullable = isinstance(said, list) and "null" in said
    return " ".join([*words, *([schema["format"]] if "format" in schema else [])]) + (
        " / null" if nullable else ""
    )


def resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref`, `allOf` and the nullable form of `oneOf` to the object they stand for."""
    for key in ("allOf", "oneOf", "anyOf"):
        if key in schema:
            real = [part for part in schema[key] if part.get("type") != "null"]
            return resolved(real[0], document)
    if "$ref" not in schema:
        return schema
    name = schema["$ref"].rsplit("/", 1)[1]
    found: dict[str, Any] = document["components"]["schemas"][name]
    return found
