"""A code confirms one act, of one visit, on one object, once."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from platform_app.kernel.errors import DomainError, Invalid
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import (
    CodeExpired,
    CodeNeeded,
    CodeSpent,
    CodesTooMany,
    CodeTooSoon,
    CodeWrong,
    MessageNotTaken,
    PhoneUnknown,
)
from tenants.models import EmbedSession, Merchant, StepUp, Tenant
from tenants.operations.embed_sessions import open_session
from tenants.operations.merchants import upsert_merchant
from tenants.operations.people import set_person
from tenants.operations.step_up import check_code, send_code, use_step_up
from tenants.operations.tenants import create_tenant
from tenants.queries.step_up import confirming_person, shown_code
from tests import party

ACT: dict[str, Any] = {"purpose": "sign", "subject": "ofr_1"}
MINUTE = timedelta(minutes=1)
pytestmark = pytest.mark.usefixtures("inside")


@pytest.fixture
def merchant(inside: Tenant, at: datetime) -> Merchant:
    found, _ = upsert_merchant(external_id="M-1", name="示例店", actor="usr", at=at)
    set_person(
        merchant_id=found.id, role="applicant", name="张示例", phone="13800000000", actor="usr",
        at=at,
    )  # fmt: skip
    return found


def visit_of(merchant: Merchant, at: datetime) -> EmbedSession:
    session, _ = open_session(
        merchant_id=merchant.id, component="apply", origin="", return_url="", locale="zh-hans",
        order_no="", amount_minor=0, actor="usr", at=at,
    )  # fmt: skip
    return session


@pytest.fixture
def visit(merchant: Merchant, at: datetime) -> EmbedSession:
    return visit_of(merchant, at)


def sent(visit: EmbedSession, at: datetime, **change: str) -> StepUp:
    return send_code(session=visit, actor="usr", at=at, **{**ACT, **change})


def standing() -> list[dict[str, Any]]:
    """Every row, the count of tries apart."""
    kept = [field.name for field in StepUp._meta.fields if field.name != "try_count"]
    return [{name: getattr(row, name) for name in kept} for row in StepUp.objects.order_by("id")]


def refuse(error: type[DomainError], act: Callable[[], object]) -> DomainError:
    """Refused, and no row moved, the count of tries apart."""
    before = standing()
    with pytest.raises(error) as caught:
        act()
    assert standing() == before
    return caught.value


def test_the_right_code_passes_once(visit: EmbedSession, at: datetime) -> None:
    row = sent(visit, at)
    code = shown_code(row, at=at)
    assert (len(code), code.isdecimal(), row.phone_masked) == (6, True, "138****0000")
    assert code not in row.code_hash
    refuse(CodeNeeded, lambda: use_step_up(session=visit, at=at, **ACT))
    passed = check_code(session=visit, code=f" {code} ", at=at + MINUTE, **ACT)
    assert passed.passed_at == at + MINUTE
    assert check_code(session=visit, code="", at=at + MINUTE, **ACT).id == row.id
    used = use_step_up(session=visit, at=at + 2 * MINUTE, **ACT)
    assert (used.id, used.used_at) == (row.id, at + 2 * MINUTE)
    refuse(CodeNeeded, lambda: use_step_up(session=visit, at=at + 2 * MINUTE, **ACT))
    refuse(CodeNeeded, lambda: check_code(session=visit, code=code, at=at, **ACT))


def test_five_wrong_tries_end_a_code(visit: EmbedSession, at: datetime) -> None:
    row = sent(visit, at)
    code = shown_code(row, at=at)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for left in (4, 3, 2, 1):
        refusal = refuse(CodeWrong, lambda: check_code(session=visit, code=wrong, at=at, **ACT))
        assert refusal.facts == {"left": left}
    refuse(CodeSpent, lambda: check_code(session=visit, code=wrong, at=at, **ACT))
    refuse(CodeSpent, lambda: check_code(session=visit, code=code, at=at, **ACT))
    assert StepUp.objects.get().try_count == 5


def test_after_five_minutes_it_is_no_longer_good(visit: EmbedSession, at: datetime) -> None:
    code = shown_code(sent(visit, at), at=at)
    late = at + 5 * MINUTE
    refuse(CodeExpired, lambda: check_code(session=visit, code=code, at=late, **ACT))
    check_code(session=visit, code=code, at=late - timedelta(seconds=1), **ACT)
    refuse(CodeExpired, lambda: use_step_up(session=visit, at=late, **ACT))


def test_it_is_for_one_object_purpose_and_visit(
    visit: EmbedSession, merchant: Merchant, at: datetime
) -> None:
    code = shown_code(sent(visit, at), at=at)
    for change in ({"subject": "ofr_2"}, {"purpose": "account"}):
        refuse(
            CodeNeeded,
            lambda change=change: check_code(session=visit, code=code, at=at, **{**ACT, **change}),  # type: ignore[misc]
        )
    other = visit_of(merchant, at)
    refuse(CodeNeeded, lambda: check_code(session=other, code=code, at=at, **ACT))
    check_code(session=visit, code=code, at=at, **ACT)
    refuse(CodeNeeded, lambda: use_step_up(session=other, at=at, **ACT))


def test_a_new_code_ends_the_one_before(visit: EmbedSession, at: datetime) -> None:
    first = shown_code(sent(visit, at), at=at)
    second = shown_code(sent(visit, at + MINUTE), at=at + MINUTE)
    if first != second:
        refuse(CodeWrong, lambda: check_code(session=visit, code=first, at=at + MINUTE, **ACT))
    check_code(session=visit, code=second, at=at + MINUTE, **ACT)


def test_one_a_minute_and_five_an_hour(visit: EmbedSession, at: datetime) -> None:
    sent(visit, at)
    refusal = refuse(CodeTooSoon, lambda: sent(visit, at + timedelta(seconds=15)))
    assert refusal.facts == {"seconds": 45}
    for number in range(1, 5):
        sent(visit, at + number * MINUTE)
    refuse(CodesTooMany, lambda: sent(visit, at + 5 * MINUTE))
    assert sent(visit, at + timedelta(hours=1)).try_count == 0


def test_nobody_to_ask(inside: Tenant, at: datetime) -> None:
    silent, _ = upsert_merchant(external_id="M-2", name="示例店二", actor="usr", at=at)
    assert confirming_person(silent.id) is None
    refuse(PhoneUnknown, lambda: sent(visit_of(silent, at), at))


def test_a_purpose_is_one_we_know(visit: EmbedSession, at: datetime) -> None:
    refuse(Invalid, lambda: sent(visit, at, purpose="wish"))


def test_the_legal_representative_is_asked_first(merchant: Merchant, at: datetime) -> None:
    set_person(
        merchant_id=merchant.id, role="legal_representative", name="李示例", phone="13900000000",
        actor="usr", at=at,
    )  # fmt: skip
    found = confirming_person(merchant.id)
    assert found is not None
    assert found.phone_masked == "139****0000"


@pytest.fixture
def real(at: datetime) -> Iterator[EmbedSession]:
    """A visit at a platform that does business."""
    platform = create_tenant(slug="real", name="示例采购网", vertical="pet", actor="usr", at=at)
    with tenant_scope(platform.id):
        firm, _ = upsert_merchant(external_id="M-1", name="示例店", actor="usr", at=at)
        set_person(
            merchant_id=firm.id, role="applicant", name="张示例", phone="13800000000",
            actor="usr", at=at,
        )  # fmt: skip
        yield visit_of(firm, at)


def test_a_real_platform_sends_and_shows_nothing(
    real: EmbedSession, at: datetime, settings: Any
) -> None:
    with party.listening() as heard:
        settings.MESSAGES_URL = f"http://127.0.0.1:{heard.port}"
        row = sent(real, at)
    assert shown_code(row, at=at) == ""
    ((_, path, body, _headers),) = heard.requests
    told = json.loads(body)
    assert (path, told["phone"], told["locale"]) == ("/messages", "13800000000", real.locale)
    assert check_code(session=real, code=told["code"], at=at, **ACT).passed_at == at


@pytest.mark.parametrize("url", ["", "http://127.0.0.1:1"])
def test_a_message_nobody_takes_leaves_no_code(
    real: EmbedSession, at: datetime, settings: Any, url: str
) -> None:
    settings.MESSAGES_URL = url
    with pytest.raises(MessageNotTaken):
        sent(real, at)
    assert StepUp.objects.count() == 0


def test_a_phone_gets_ten_an_hour_from_all_firms_together(
    real: EmbedSession, at: datetime, settings: Any
) -> None:
    def visit_at(number: int) -> EmbedSession:
        firm, _ = upsert_merchant(external_id=f"M-{number}", name="示例店", actor="usr", at=at)
        set_person(
            merchant_id=firm.id, role="applicant", name="张示例", phone="13800000000",
            actor="usr", at=at,
        )  # fmt: skip
        return visit_of(firm, at)

    with party.listening() as heard:
        settings.MESSAGES_URL = f"http://127.0.0.1:{heard.port}"
        for number in range(2, 12):
            sent(visit_at(number), at)
        refuse(CodesTooMany, lambda: sent(real, at))
        sent(real, at + timedelta(hours=1))
    assert len(heard.requests) == 11


def test_another_platform_cannot_confirm(
    visit: EmbedSession, other_tenant: Tenant, at: datetime
) -> None:
    code = shown_code(sent(visit, at), at=at)
    with tenant_scope(other_tenant.id), pytest.raises(CodeNeeded):
        check_code(session=visit, code=code, at=at, **ACT)


@pytest.mark.parametrize(
    "change", [{"purpose": "wish"}, {"try_count": 6}, {"expires_at": None}, {"used_at": "now"}]
)
def test_the_database_keeps_the_limits(
    visit: EmbedSession, at: datetime, change: dict[str, Any]
) -> None:
    sent(visit, at)
    facts = {key: at if value == "now" else value for key, value in change.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        StepUp.objects.update(**facts)
