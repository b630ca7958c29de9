"""SM2 over SM3: published values, vectors that OpenSSL verifies too, what gmssl forgives."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)

from tenants.domain import signing_sm2

pytest.importorskip("gmssl")
HERE = Path(__file__).parents[1]
SM2 = json.loads((HERE / "sm2_vectors.json").read_text())
STRINGS = {
    one["name"]: one["string_to_sign"].encode()
    for one in json.loads((HERE / "signature_vectors.json").read_text())["vectors"]
}
PEM, PRIVATE = SM2["public_key_pem"], SM2["private_key"]


def test_sm3_of_abc_is_as_the_standard_says() -> None:
    assert signing_sm2.sm3(b"abc") == (
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )


def test_the_example_of_the_standard() -> None:
    example = SM2["standard"]
    message = example["message"].encode()
    signature = signing_sm2.sign(PRIVATE, message, once=example["once"])
    r, s = decode_dss_signature(base64.b64decode(signature))
    assert (f"{r:064x}", f"{s:064x}") == (example["r"], example["s"])
    assert signing_sm2.pem_of(signing_sm2.public_point(PRIVATE)) == PEM
    assert signing_sm2.matches(PEM, message, signature) is True


@pytest.mark.parametrize("vector", SM2["vectors"], ids=lambda vector: vector["name"])
def test_golden_vectors(vector: dict[str, Any]) -> None:
    message = STRINGS[vector["name"]]
    assert signing_sm2.sign(PRIVATE, message, once=vector["once"]) == vector["signature"]
    assert signing_sm2.matches(PEM, message, vector["signature"]) is True
    assert signing_sm2.matches(PEM, message + b"\n", vector["signature"]) is False


def coded(r: int, s: int) -> str:
    return base64.b64encode(encode_dss_signature(r, s)).decode()


def test_other_signatures_match_nothing() -> None:
    one = SM2["vectors"][0]
    message = STRINGS[one["name"]]
    r, s = decode_dss_signature(base64.b64decode(one["signature"]))
    for wrong in (
        "AAAA",
        "%%",
        coded(r + signing_sm2.N, s),
        coded(r, s + signing_sm2.N),
        coded(r, 0),
        coded(0, s),
        coded(s, r),
    ):
        assert signing_sm2.matches(PEM, message, wrong) is False
    assert signing_sm2.matches("no key", message, one["signature"]) is False


def test_a_point_that_begins_like_its_prefix_keeps_all_its_digits() -> None:
    private = f"{11:064x}"
    point = signing_sm2.public_point(private)
    assert point[:2] == "04"
    signature = signing_sm2.sign(private, b"message", once=f"{7:064x}")
    assert signing_sm2.point_of(signing_sm2.pem_of(point)) == point
    assert signing_sm2.matches(signing_sm2.pem_of(point), b"message", signature) is True


def test_what_is_no_public_key() -> None:
    point = signing_sm2.point_of(PEM)
    off_the_curve = signing_sm2.pem_of(point[:-1] + ("0" if point[-1] != "0" else "1"))
    p256 = PEM.replace("BggqgRzPVQGCLQ", "BggqhkjOPQMBBw").replace(
        "YIKoEcz1UBgi0D", "YIKoZIzj0DAQcD"
    )
    broken = "-----BEGIN PUBLIC KEY-----\n%%\n-----END PUBLIC KEY-----"
    for text, why in (
        ("hello", "pem"), (broken, "pem"), (p256, "curve"), (off_the_curve, "point"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=why):
            signing_sm2.point_of(text)
