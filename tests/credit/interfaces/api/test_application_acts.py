"""A partner with pages of its own: it is asked, sends the document, hands in, withdraws."""

from base64 import b64encode
from datetime import date, datetime
from typing import Any

import pytest

from credit.models import Application, ApplicationAsk
from credit.operations.asks import ask_merchant
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Attachment, Tenant
from tenants.operations.sandbox import fake_photo
from tenants.operations.tenants import set_application_needs
from tests.credit import lives, referrals
from tests.tenants.interfaces.api.client import Partner


@pytest.fixture
def asked(tenant: Tenant, at: datetime) -> tuple[str, str, str]:
    """Ids of an application in review and of two requests: a document, an answer."""
    with tenant_scope(tenant.id):
        referrals.refer_everybody()
        number = referrals.referred("M-1", at).application_id
        asks = [
            ask_merchant(
                application_id=number, kind=kind, document_kind=document, message=f"请补充{kind}",
                due_on=date(2026, 3, day), actor="usr", at=at,
            ).id
            for kind, document, day in (("document", "lease_contract", 9), ("answer", "", 6))
        ]  # fmt: skip
        return number, asks[0], asks[1]


def document(ask: str | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "kind": "lease_contract", "external_id": "F-1", "file_name": "租约.jpg", "ask": ask,
        "content": b64encode(fake_photo(1)).decode(),
    } | changes  # fmt: skip


def test_asked_sent_answered_and_in_review_again(
    owner: Partner, tenant: Tenant, asked: tuple[str, str, str]
) -> None:
    number, paper, question = asked
    english = {"Accept-Language": "en"}
    found = owner.get(f"applications/{number}", **english).json()
    assert found["status"] == "action_required"
    assert found["next_action"] == {
        "actor": "merchant",
        "code": "answer_request",
        "message": "The reviewer asks for something; hand it in by the deadline.",
        "message_en": "The reviewer asks for something; hand it in by the deadline.",
        "deadline": "2026-03-06",
    }
    assert found["asks"] == [
        {
            "id": paper, "kind": "document", "document_kind": "lease_contract",
            "message": "请补充document", "due_on": "2026-03-09", "status": "open",
        },
        {
            "id": question, "kind": "answer", "document_kind": None, "message": "请补充answer",
            "due_on": "2026-03-06", "status": "open",
        },
    ]  # fmt: skip
    early = owner.post(f"applications/{number}/resubmit", {})
    assert (early.status_code, early.json()["code"]) == (422, "asks_unanswered")
    sent = owner.post(f"applications/{number}/documents", document(paper))
    body = sent.json()
    assert (sent.status_code, body["content_type"], body["external_id"]) == (
        201, "image/jpeg", "F-1",
    )  # fmt: skip
    again = owner.post(f"applications/{number}/documents", document(paper))
    assert again.json()["id"] == body["id"]
    answers = {"answers": [{"ask": question, "answer": "两家门店都续租到明年"}]}
    done = owner.post(f"applications/{number}/resubmit", answers)
    assert (done.status_code, done.json()["status"]) == (200, "in_review")
    assert [one["status"] for one in done.json()["asks"]] == ["answered", "answered"]
    with tenant_scope(tenant.id):
        assert Attachment.objects.count() == 1
        assert ApplicationAsk.objects.get(pk=question).answer == "两家门店都续租到明年"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"content": "!!!"}, 422, "attachment_invalid"),
        ({"content": "照片"}, 422, "attachment_invalid"),
        ({"content": b64encode(b"MZ no photo").decode()}, 422, "attachment_invalid"),
        ({"content": b64encode(b"\xff\xd8\xff" + b"0" * 4_000_000).decode()}, 413,
         "attachment_too_large"),
        ({"kind": "poem"}, 422, "invalid"),
        ({"ask": "ask_00000000000000000000000000"}, 404, "not_found"),
        ({"kind": "other", "ask": "paper"}, 422, "answer_missing"),
    ],
)  # fmt: skip
def test_a_refused_document_leaves_nothing(
    owner: Partner, tenant: Tenant, asked: tuple[str, str, str], changes: dict[str, Any],
    status: int, code: str,
) -> None:  # fmt: skip
    number, paper, _ = asked
    said = {name: paper if value == "paper" else value for name, value in changes.items()}
    refused = owner.post(f"applications/{number}/documents", document(**said))
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    with tenant_scope(tenant.id):
        assert Attachment.objects.count() == 0
        assert set(ApplicationAsk.objects.values_list("status", flat=True)) == {"open"}


def test_withdrawn_once_however_often_it_is_said(
    owner: Partner, tenant: Tenant, asked: tuple[str, str, str]
) -> None:
    number = asked[0]
    first = owner.post(f"applications/{number}/withdraw", {"reason": "暂时不需要"})
    assert (first.status_code, first.json()["status"]) == (200, "withdrawn")
    assert (first.json()["next_action"], first.json()["decline"]) == (None, None)
    again = owner.post(f"applications/{number}/withdraw", {})
    assert again.json()["version"] == first.json()["version"]
    late = owner.post(f"applications/{number}/resubmit", {})
    assert (late.status_code, late.json()["code"]) == (409, "not_waiting_for_merchant")
    with tenant_scope(tenant.id):
        assert Application.objects.get().status == "withdrawn"


def test_a_platform_that_asks_for_more_says_what_is_missing(
    owner: Partner, tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("M-1", at)
        set_application_needs(needs=["account", "documents"], actor="x", at=at)
    refused = owner.post("applications", {"merchant": merchant.id})
    assert (refused.status_code, refused.json()["code"]) == (422, "application_incomplete")
    assert "legal_representative, account, documents" in refused.json()["message_en"]
    with tenant_scope(tenant.id):
        assert Application.objects.count() == 0


@pytest.mark.parametrize("item_count", [1, 3])
def test_the_list_costs_the_same_for_any_length(
    owner: Partner, tenant: Tenant, at: datetime, item_count: int,
    django_assert_num_queries: Any,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        referrals.refer_everybody()
        for number in range(item_count):
            ask_merchant(
                application_id=referrals.referred(f"M-{number}", at).application_id, kind="answer",
                document_kind="", message="?", due_on=date(2026, 3, 9), actor="usr", at=at,
            )  # fmt: skip
    owner.get("applications")
    with django_assert_num_queries(2):
        found = owner.get("applications").json()["data"]
    assert [len(one["asks"]) for one in found] == [1] * item_count
