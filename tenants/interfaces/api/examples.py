"""Example requests for the reference, from the schema alone and obviously made up."""

import json
from typing import Any, Final

_BY_NAME: Final[dict[str, Any]] = {
    "merchant": "mch_01jd0000000000000000000000",
    "line": "lin_01jd0000000000000000000000",
    "quote": "quo_01jd0000000000000000000000",
    "drawdown": "drw_01jd0000000000000000000000",
    "external_id": "SO20261120-0001",
    "merchant_external_id": "M-0001",
    "order_no": "SO20261120-0001",
    "name": "示例宠物用品店",
    "registration_no": "91000000MA0000001R",
    "amount": 1_280_000,
    "quantity": 12,
    "url": "https://shop.example/webhooks/baitiao",
    "cost_sheet_sha256": "0" * 64,
    "product": "order_credit",
    "terms": ["bullet_30"],
    "event_names": ["credit.drawdown.*"],
    "ordered_on": "2026-11-20",
    "origin": "https://shop.example",
    "from": "2026-11-20T00:00:00+08:00",
    "to": "2026-11-21T00:00:00+08:00",
    "types": ["credit.drawdown.*"],
    "ask": "ask_01jd0000000000000000000000",
    "answer": "两家门店的租约都续到明年六月",
    "content": "/9j/4AAQSkZJRg==",
    "file_name": "license.jpg",
    "code": "S-017",
    "phone": "13800000000",
    "entry_url": "https://shop.example/credit",
    "valid_days": 180,
    "purchase_order_no": "PO-2026-0077",
    "cost_center": "华东一部",
    "buyer_tax_no": "91000000MA0000001R",
    "invoice_kind": "special",
    "invoice_no": "26312000000012345678",
    "tax_amount": 147_257,
    "ships_on": "2026-11-23",
    "delivery_region": "浙江省杭州市余杭区",
    "lines": [
        {"name": "猫粮 10kg", "sku": "CF-10", "quantity": 12, "amount": 1_290_000},
        {"name": "满减", "amount": -10_000},
    ],
}
_LEFT_OUT: Final = {
    "merchant_name", "category", "region", "joined_on", "return_url", "evidence", "currency",
    "registered", "final", "branch", "since_on", "salesperson_code", "salesperson_token",
    "placed_by", "user", "coupon", "value_on", "invitation_token",
}  # fmt: skip
_BY_TYPE: Final[dict[str, Any]] = {"integer": 1, "boolean": True, "array": [], "object": {}}


def sample(schema: dict[str, Any], document: dict[str, Any]) -> Any:
    """A body that fits the schema."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return sample(document["components"]["schemas"][name], document)
    if "properties" not in schema:
        return {}
    required = set(schema.get("required", []))
    return {
        name: _value(name, part, document)
        for name, part in schema["properties"].items()
        if name in required or name not in _LEFT_OUT
    }


def _value(name: str, part: dict[str, Any], document: dict[str, Any]) -> Any:
    known = part.get("example", _BY_NAME.get(name))
    if known is not None:
        return known
    for key in ("allOf", "oneOf"):
        if key in part:
            return _value(name, part[key][0], document)
    if "$ref" in part:
        return _named(name, part, document)
    if "enum" in part:
        return part["enum"][0]
    if part.get("type") == "array" and "$ref" in part.get("items", {}):
        return [_value(name, part["items"], document)]
    return _BY_TYPE.get(str(part.get("type")), "")


def _named(name: str, part: dict[str, Any], document: dict[str, Any]) -> Any:
    whole = document["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]]
    return sample(whole, document) if "properties" in whole else _value(name, whole, document)


def curl(method: str, url: str, body: Any, *, is_keyed: bool) -> str:
    """What to type, with the signature left to `sign.py` of the quick start."""
    lines = [f"curl -X {method} '{url}'", '-H "Authorization: $SIGNATURE"']
    if is_keyed:
        lines.append("-H 'Idempotency-Key: 7c0f4a52-0001'")
    if body is not None:
        lines.append("-H 'Content-Type: application/json'")
        lines.append(f"-d '{json.dumps(body, ensure_ascii=False)}'")
    return " \\\n  ".join(lines)
