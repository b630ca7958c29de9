"""The document, the page made from it, and the list of errors."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import get_resolver, reverse

from tenants.interfaces.api.docs import TAGS, openapi
from tenants.interfaces.api.error_list import error_entries, error_page

ROOT = Path(__file__).resolve().parents[4]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_every_operation_without_a_foreign_file(language: str) -> None:
    page = Client().get(reverse("api:docs-show"), headers={"Accept-Language": language})
    text = page.content.decode()
    assert page.status_code == 200
    assert f'<html lang="{language}">' in text
    for methods in openapi()["paths"].values():
        for one in methods.values():
            assert f'<article id="{one["operationId"]}">' in text
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "style=" not in text
    assert "<script" not in text


FILES = {
    "settlement-file": "text/csv",
    "reconciliation_file-content": "text/csv",
    "pool_import-errors": "text/csv",
    "statement-file": "application/pdf",
}


def test_every_operation_is_described() -> None:
    seen = set()
    for address, methods in openapi()["paths"].items():
        for method, one in methods.items():
            assert one["operationId"] not in seen
            seen.add(one["operationId"])
            assert one["tags"][0] in TAGS, (address, method)
            assert one["summary"]
            assert {"401", "403"} <= set(one["responses"])
            for status, answer in one["responses"].items():
                good = FILES.get(one["operationId"], "application/json")
                expected = good if status < "300" else "application/problem+json"
                assert list(answer["content"]) == [expected], (address, method, status)
    named = {
        name
        for name in get_resolver().namespace_dict["api"][1].reverse_dict
        if isinstance(name, str)
    }
    assert all(re.fullmatch(r"[a-z_]+-[a-z-]+|schema", name) for name in named)


def test_the_list_of_errors_is_up_to_date() -> None:
    """Write it anew with `error_page()` after a change of a refusal or of the catalog."""
    written = (ROOT / "docs/partners/errors.md").read_text(encoding="utf-8")
    assert written == error_page()


def test_one_code_has_one_status() -> None:
    statuses: dict[str, set[int]] = {}
    for entry in error_entries():
        statuses.setdefault(entry.code, set()).add(entry.status)
        assert re.fullmatch(r"[a-z][a-z0-9_]*", entry.code)
    assert {code: found for code, found in statuses.items() if len(found) > 1} == {}
