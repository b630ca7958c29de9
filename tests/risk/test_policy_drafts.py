"""A draft of a policy passes the gate, or is refused with everything that is in the way."""

from typing import Any

import pytest
from django.utils.translation import override

from platform_app.kernel.http import say
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.enums import VersionStatus
from risk.errors import (
    InvalidPolicy,
    OtherPersonNeeded,
    PolicyFindings,
    PolicyNotFound,
    PolicyStatus,
)
from risk.models import Policy
from risk.operations.policy_drafts import draft_policy, validate_policy
from risk.queries.policy_findings import told
from tests.risk.cast import ACTOR, NOW, install, new_tenant
from tests.risk.domain.figures import default_body

OTHER = "usr_other"
BREAKS: list[dict[str, Any]] = [
    {
        "code": "unreachable", "stage": "eligibility", "row": 3, "others": [2], "fact": None,
        "example": {"order_count_total": 1, "recency_days": 120, "tenure_days": 59},
    },
    {
        "code": "gap", "stage": "outcome", "row": None, "others": [], "fact": None,
        "example": {"grade": "C"},
    },
]  # fmt: skip


def stricter() -> dict[str, Any]:
    body = default_body()
    body["stages"][0]["rows"][3]["when"] = {"tenure_days": {"range": [None, 90]}}
    return body


def broken() -> dict[str, Any]:
    """A row hidden by the one before it, and nothing said about grade C."""
    body = default_body()
    eligibility, outcome = body["stages"][0]["rows"], body["stages"][3]["rows"]
    hidden = {"order_count_total": {"range": [None, 2]}}
    eligibility.insert(2, eligibility[1] | {"id": "far-too-few", "when": hidden})
    outcome[3]["when"] = {"grade": {"in": ["A", "B"]}}
    del outcome[4]
    return body


def draft(body: dict[str, Any]) -> Policy:
    return draft_policy(body=body, actor=ACTOR, at=NOW)


def moves() -> list[str]:
    return list(AuditRecord.objects.order_by("position").values_list("action", flat=True)[2:])


def test_a_draft_is_let_through_by_another_person(tenant_id: str) -> None:
    policy = draft(stricter())
    assert (policy.version, policy.status, policy.drafted_by) == (2, "draft", ACTOR)
    assert draft(stricter()).id == policy.id
    for _ in range(2):
        passed = validate_policy(policy_id=policy.id, comment="seen", actor=OTHER, at=NOW)
        assert (passed.id, passed.status) == (policy.id, "validated")
    assert moves() == ["risk.policy.drafted", "risk.policy.validated"]
    assert Policy.objects.get(status=VersionStatus.CHAMPION).version == 1


def test_the_gate_names_everything_that_is_in_the_way(tenant_id: str) -> None:
    policy = draft(broken())
    with pytest.raises(PolicyFindings) as refusal:
        validate_policy(policy_id=policy.id, comment="seen", actor=OTHER, at=NOW)
    assert refusal.value.facts == {"count": 2, "findings": BREAKS}
    assert say(refusal.value, "en") == "The policy cannot be published, findings to settle: 2."
    with override("en"):
        assert told(refusal.value.facts["findings"]) == [
            "Eligibility: row 3 is never reached, row 2 comes first.",
            "Outcome: no row catches grade = C.",
        ]
    assert Policy.objects.get(pk=policy.id).status == "draft"
    assert moves() == ["risk.policy.drafted"]


def test_a_missing_input_and_no_input_have_their_words() -> None:
    common: dict[str, Any] = {"row": None, "others": [], "fact": "tenure_days", "stage": "grade"}
    found = [
        common | {"code": "gap", "example": {"tenure_days": None}},
        common | {"code": "gap", "example": {}},
        common | {"code": "no_missing_row", "example": {}},
    ]
    with override("en"):
        sentences = told(found)
    assert sentences == [
        "Grade: no row catches tenure_days = missing.",
        "Grade: no row catches any input.",
        "Grade: no row says what happens when tenure_days is missing.",
    ]


def test_a_draft_outside_the_language_is_not_kept(tenant_id: str) -> None:
    with pytest.raises(InvalidPolicy):
        draft(default_body() | {"price": {}})
    assert (Policy.objects.count(), moves()) == (1, [])


def test_the_drafter_does_not_validate(tenant_id: str) -> None:
    policy = draft(stricter())
    with pytest.raises(OtherPersonNeeded):
        validate_policy(policy_id=policy.id, comment="seen", actor=ACTOR, at=NOW)
    assert (Policy.objects.get(pk=policy.id).status, moves()) == ("draft", ["risk.policy.drafted"])


def test_the_policy_in_force_is_no_draft(tenant_id: str) -> None:
    with pytest.raises(PolicyStatus):
        validate_policy(policy_id=Policy.objects.get().id, comment="seen", actor=OTHER, at=NOW)
    assert moves() == []


def test_nobody_elses_policy_and_nobody_without_a_platform(tenant_id: str) -> None:
    mine = draft(stricter()).id
    with tenant_scope(new_tenant("other-test")):
        install()
        for policy_id in (mine, "pol_wrong", "crd_wrong"):
            with pytest.raises(PolicyNotFound):
                validate_policy(policy_id=policy_id, comment="seen", actor=OTHER, at=NOW)
    assert Policy.objects.get(pk=mine).status == "draft"
    with no_scope(), pytest.raises(NoScope):
        draft(stricter())
