"""The signers in five languages give what the golden vectors say, where their runtime is there."""

import base64
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from tenants.domain import signing, standard_webhooks

HERE: Final = Path(__file__).parent
CLIENTS: Final = HERE.parents[1] / "docs" / "partners" / "clients"
VECTORS: Final = json.loads((HERE.parent / "tenants" / "signature_vectors.json").read_text())
SECRET: Final = "whsec_ZGVtby13ZWJob29rLXNlY3JldC1ub3QtcmVhbC0zMmI="
OLD: Final = "whsec_" + base64.b64encode(b"another-secret-that-was-rotated!").decode()
TOLD: Final = 1_795_190_400
BODY: Final = '{"type":"credit.drawdown.authorized","data":{"id":"drw_1","note":"示例 & <b>"}}'


def coded(text: str | bytes) -> str:
    raw = text.encode() if isinstance(text, str) else text
    return base64.b64encode(raw).decode()


def signed(secret: str = SECRET, body: str = BODY) -> str:
    return standard_webhooks.sign(secret, message_id="evt_1", timestamp=TOLD, body=body)


# What came with a delivery, when it is looked at, and whether it is ours.
DELIVERIES: Final[list[tuple[str, str, str, int, bool]]] = [
    (signed(), str(TOLD), BODY, TOLD, True),
    (signed(), str(TOLD), BODY, TOLD + 300, True),
    (signed(), str(TOLD), BODY, TOLD + 301, False),
    (signed(), str(TOLD), BODY, TOLD - 301, False),
    (f"{signed(OLD)} {signed()}", str(TOLD), BODY, TOLD, True),
    (f"v1,no-base64! {signed()}", str(TOLD), BODY, TOLD, True),
    (signed(OLD), str(TOLD), BODY, TOLD, False),
    (signed(), str(TOLD), BODY + " ", TOLD, False),
    (signed(), str(TOLD + 1), BODY, TOLD, False),
    (signed().replace("v1,", "v2,"), str(TOLD), BODY, TOLD, False),
    (signed(), "soon", BODY, TOLD, False),
    ("", str(TOLD), BODY, TOLD, False),
    (signed(body=""), str(TOLD), "", TOLD, True),
]


def lines() -> str:
    told = [
        "|".join([
            "sign", coded(VECTORS["secret"]), one["method"], coded(one["target"]),
            str(one["timestamp"]), one["nonce"], coded(one["body"]),
        ])
        for one in VECTORS["vectors"]
    ] + [
        "|".join(["check", coded(SECRET), "evt_1", timestamp, coded(given), coded(body), str(now)])
        for given, timestamp, body, now, _is_ours in DELIVERIES
    ]  # fmt: skip
    return "\n".join(told) + "\n"


WANTED: Final = [one["signature"] for one in VECTORS["vectors"]] + [
    str(is_ours).lower() for *_, is_ours in DELIVERIES
]


def spoken(command: list[str], cwd: Path) -> list[str]:
    done = subprocess.run(
        command, cwd=cwd, input=lines(), capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout.split()


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"no {program} here")


def python_client() -> Any:
    spec = importlib.util.spec_from_file_location("client", CLIENTS / "baitiao.py")
    assert spec is not None
    assert spec.loader is not None
    client: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(client)
    return client


def test_python() -> None:
    client = python_client()
    found = [
        client.signature(
            VECTORS["secret"], one["method"], one["target"], one["timestamp"], one["nonce"],
            one["body"].encode(),
        )
        for one in VECTORS["vectors"]
    ] + [
        str(client.is_genuine(SECRET, "evt_1", timestamp, given, body.encode(), now)).lower()
        for given, timestamp, body, now, _is_ours in DELIVERIES
    ]  # fmt: skip
    assert found == WANTED


def test_python_checks_our_answers() -> None:
    client = python_client()
    raw, nonce = '{"status":"authorized","备注":"a&b"}\n'.encode(), "0" * 31 + "a"
    sent = client.authorization("key_1", SECRET, "GET", "/api/v1/hello", b"").replace(
        'nonce="', f'nonce="{nonce}",was="'
    )
    good = signing.sign_hmac(SECRET, signing.answer_to_sign(TOLD, nonce, raw))

    def genuine(**wrong: Any) -> Any:
        facts: dict[str, Any] = {
            "secret": SECRET, "sent_authorization": sent, "timestamp": str(TOLD), "nonce": nonce,
            "given": good, "raw": raw, "now": TOLD + 300, **wrong,
        }  # fmt: skip
        return client.is_genuine_answer(**facts)

    assert genuine() is True
    foreign = signing.sign_hmac(SECRET, signing.answer_to_sign(TOLD, "0" * 32, raw))
    for wrong in (
        {"raw": raw[:-1]},
        {"given": ""},
        {"given": "签名"},
        {"now": TOLD + 301},
        {"timestamp": "soon"},
        {"secret": OLD},
        {"nonce": "0" * 32, "given": foreign},
    ):
        assert genuine(**wrong) is False


@pytest.mark.parametrize("parsed", ["{}", {}, None])
def test_python_takes_raw_bytes_only(parsed: Any) -> None:
    client = python_client()
    with pytest.raises(TypeError, match="raw bytes of the body"):
        client.is_genuine(SECRET, "evt_1", str(TOLD), "", parsed, TOLD)
    with pytest.raises(TypeError, match="raw bytes of the body"):
        client.is_genuine_answer(SECRET, "", str(TOLD), "", "", parsed, TOLD)


@needs("node")
def test_node(tmp_path: Path) -> None:
    command = ["node", str(HERE / "run.mjs"), str(CLIENTS / "baitiao.mjs")]
    assert spoken(command, tmp_path) == WANTED


@pytest.mark.slow
@needs("javac")
def test_java(tmp_path: Path) -> None:
    for file in (CLIENTS / "Baitiao.java", HERE / "Run.java"):
        shutil.copy(file, tmp_path)
    compile_ = [shutil.which("javac") or "javac", "Baitiao.java", "Run.java"]
    subprocess.run(compile_, cwd=tmp_path, check=True, timeout=120)
    assert spoken(["java", "-cp", ".", "Run"], tmp_path) == WANTED


@needs("php")
def test_php(tmp_path: Path) -> None:
    command = ["php", str(HERE / "run.php"), str(CLIENTS / "baitiao.php")]
    assert spoken(command, tmp_path) == WANTED


@pytest.mark.slow
@needs("go")
def test_go(tmp_path: Path) -> None:
    (tmp_path / "baitiao").mkdir()
    shutil.copy(CLIENTS / "baitiao.go", tmp_path / "baitiao")
    shutil.copy(HERE / "run.go.txt", tmp_path / "main.go")
    (tmp_path / "go.mod").write_text("module example.com/run\n\ngo 1.18\n")
    assert spoken(["go", "run", "."], tmp_path) == WANTED
