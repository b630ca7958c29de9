"""Standard Webhooks: the public check vector, a foreign verifier, the ladder."""

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook

from platform_app.kernel import clock
from tenants.domain import standard_webhooks as standard

SECRET = "whsec_ZGVtby13ZWJob29rLXNlY3JldC1ub3QtcmVhbC0zMmI="
BODY = (
    '{"type":"drawdown.authorized","timestamp":"2026-11-20T10:00:00+08:00",'
    '"data":{"id":"drw_demo1"}}'
)
AT = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_the_check_vector_of_the_documentation() -> None:
    signed = standard.sign(SECRET, message_id="evt_demo1", timestamp=1795190400, body=BODY)
    assert signed == "v1,X3BQH8JpSBBtObajVlxrSe6+Nf8XZbZOpJeih0OQp94="


def test_the_public_library_verifies_what_we_sign() -> None:
    secret = standard.new_secret()
    text = '{"名":"A&B <猫>"}'
    sent = standard.headers(
        secret, message_id="evt_1", timestamp=int(clock.now().timestamp()), body=text
    )
    assert Webhook(secret).verify(text, sent) == {"名": "A&B <猫>"}
    assert len(secret) == len("whsec_") + 44


def test_a_body_carries_no_personal_data() -> None:
    text = standard.body(
        event_id="evt_1", name="credit.drawdown.captured", subject="drw_1", at=AT,
        tenant_id="tnt_1",
        mode="test",
        props={"amount_minor": 1280, "version": 3, "phone": "13800000000", "name": "张", "id": "x"},
    )  # fmt: skip
    assert json.loads(text) == {
        "id": "evt_1",
        "type": "credit.drawdown.captured",
        "timestamp": "2026-03-02T10:00:00+08:00",
        "tenant_id": "tnt_1",
        "mode": "test",
        "data": {"amount_minor": 1280, "object": "drawdown", "id": "drw_1"},
        "version": 3,
    }


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        ([], True),
        (["credit.drawdown.captured"], True),
        (["credit.drawdown.*"], True),
        (["credit.*"], True),
        (["credit.draw.*"], False),
        (["credit.drawdown.canceled", "tenants.*"], False),
    ],
)
def test_names_and_patterns(names: list[str], *, wanted: bool) -> None:
    assert standard.wants(names, "credit.drawdown.captured") is wanted


def test_ten_tries_over_about_three_days() -> None:
    waits = [standard.wait_after(count, delivery_id="dlv_1") for count in range(1, 10)]
    nominal = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]
    for waited, seconds in zip(waits, nominal, strict=True):
        assert waited is not None
        assert timedelta(seconds=seconds * 0.9) <= waited <= timedelta(seconds=seconds * 1.1)
    assert standard.wait_after(10, delivery_id="dlv_1") is None
    spread = {standard.wait_after(1, delivery_id=f"dlv_{n}") for n in range(50)}
    assert len(spread) > 10


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("", 0),
        ("soon", 0),
        ("-5", 0),
        ("9999999999", 86400),
        ("Mon, 02 Mar 2026 02:01:00 GMT", 60),
        ("Mon, 02 Mar 2020 02:01:00 GMT", 0),
        ("Mon, 02 Mar 2026 02:01:00", 0),
    ],
)
def test_a_receiver_may_ask_for_patience(header: str, seconds: int) -> None:
    assert standard.retry_after(header, at=AT) == timedelta(seconds=seconds)
