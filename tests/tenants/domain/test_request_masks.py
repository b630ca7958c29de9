"""What the log of requests shows, and what it never does."""

import json
from typing import Any

import pytest

from tenants.domain import request_masks as masks


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ({"kind": "company", "name": "示例公司", "registration_no": "91000000MA0000001R"},
         {"kind": "company", "name": "示例公司", "registration_no": "91000000MA0000001R"}),
        ({"kind": "individual_business", "name": "张示例", "registration_no": "92000000MA0000001R"},
         {"kind": "individual_business", "name": "张*", "registration_no": "****001R"}),
        ({"name": "张示例"}, {"name": "张*"}),
        ({"kind": "company", "persons": [{"name": "张示例", "phone": "13800001234"}]},
         {"kind": "company", "persons": [{"name": "张*", "phone": "****1234"}]}),
        ({"card_no": 6222020000000000000}, {"card_no": "****0000"}),
        ({"id_no": "short"}, {"id_no": "****"}),
        ({"secret": "whsec_x", "access_token": "t", "Signature": "s", "n": 100, "ok": True},
         {"secret": "***", "access_token": "***", "Signature": "***", "n": 100, "ok": True}),
        ({"note": "call 13800001234 or 11010119900101123X", "order_no": "SO1"},
         {"note": "call ****1234 or ****123X", "order_no": "SO1"}),
        ({"url": "https://x.example/m/?t=tnt_1#s=ems_secret"},
         {"url": "https://x.example/m/?t=tnt_1#s=***"}),
        ({"email": None, "ip": "1.2.3.4"}, {"email": None, "ip": "***"}),
        ({"kind": "other", "content": "/9j/4AAQ"}, {"kind": "other", "content": "***"}),
    ],
)  # fmt: skip
def test_private_fields_are_masked_by_name(body: Any, kept: Any) -> None:
    assert masks.masked(body) == kept
    raw = json.dumps(body).encode()
    assert json.loads(masks.shown(raw, masks.parsed(raw))) == kept


def test_a_long_body_is_cut_and_a_strange_one_is_only_measured() -> None:
    raw = json.dumps({"rows": ["x" * 100] * 100}).encode()
    text = masks.shown(raw, masks.parsed(raw))
    assert text.endswith(f"… [{len(raw)} bytes]")
    assert len(text) == masks.LONGEST + len(f"… [{len(raw)} bytes]")
    deep = b"[" * 60_000
    for odd in (b"\x00\xff", b"phone=13800001234", b'"' + b"x" * 70_000 + b'"', deep):
        assert masks.shown(odd, masks.parsed(odd)) == f"[{len(odd)} bytes]"
    assert masks.shown(b"", masks.parsed(b"")) == ""


def test_an_address_is_masked_by_the_names_of_its_query() -> None:
    assert masks.masked_path("/api/v1/x", "") == "/api/v1/x"
    asked = "external_id=M-1&phone=13800001234&token=abc&status="
    assert masks.masked_path("/api/v1/x", asked) == (
        "/api/v1/x?external_id=M-1&phone=****1234&token=***&status="
    )
    assert masks.masked_path("/api/v1/merchants/ext:13800138000", "") == (
        "/api/v1/merchants/ext:****8000"
    )
    assert len(masks.masked_path("/" + "x" * 9_000, "")) == masks.LONGEST_PATH


def test_a_number_between_chinese_words_is_one_too() -> None:
    number = "11010119900101123X"
    for text in (f"身份证{number}", f"身份证号：{number}本人", f"{number}，本人"):
        assert masks.masked_text(text) == text.replace(number, "****123X")
    for other in (f"A{number}", f"1{number}"):
        assert masks.masked_text(other) == other


def test_the_partners_number_is_found_wherever_it_stands() -> None:
    assert masks.external_id({"external_id": "P"}, {"external_id": "B"}, "", None) == "P"
    assert masks.external_id({}, {"external_id": "B"}, "external_id=Q", None) == "B"
    assert masks.external_id({}, [], "external_id=Q", {"external_id": "A"}) == "Q"
    assert masks.external_id({}, None, "", {"external_id": "A"}) == "A"
    assert masks.external_id({}, {"external_id": 7}, "", {"external_id": None}) == ""
