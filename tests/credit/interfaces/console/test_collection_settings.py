"""Conduct rules and ladders on the console: who changes them, what is refused, what is told."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from credit.domain.contact_guard import CollectionRules
from credit.domain.delinquency import BUCKETS, STAGES
from credit.enums import LadderKind
from credit.models import ConductRules, LadderStep
from credit.operations.delinquency import set_buckets
from credit.queries.delinquency import collection_rules, ladder, ladders
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.analytics import desk
from tests.callers import callers

pytestmark = pytest.mark.django_db
PAGE = "/console/collections/settings"
RULES: dict[str, Any] = {
    "quiet_from_hour": 21, "quiet_until_hour": 9, "calls_per_day": 2, "texts_per_day": 1,
    "collector_roles": ["owner", "operator"], "contagion_days": 91, "promise_days": 14,
    "extension_days": 30, "reason": "合规部要求",
}  # fmt: skip
STAGE = {
    "from_remind": 0, "every_remind": 7, "from_call": 15, "every_call": 3, "from_negotiate": "",
    "from_notice": 61, "every_notice": 7, "from_recover": "", "reason": "先礼后兵",
}  # fmt: skip
CLASSES = {
    "from_normal": 0, "from_special_mention": 1, "from_substandard": 61, "from_doubtful": 181,
    "from_loss": 361, "reason": "监管口径",
}  # fmt: skip
SETTINGS: dict[str, dict[str, Any]] = {
    "rules": RULES, "stage": STAGE, "bucket": {"starts": "0，1, 31", "reason": "口径统一"},
    "class": CLASSES,
}  # fmt: skip


def put(client: Client, name: str, said: dict[str, Any]) -> Any:
    client.cookies["django_language"] = "en"
    return client.post(f"{PAGE}/{name}", said)


def stored(tenant: Tenant) -> list[Any]:
    with tenant_scope(tenant.id):
        models = (ConductRules, LadderStep, AuditRecord)
        return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def staff(tenant: Tenant, at: datetime) -> Client:
    return desk.at_the_desk("staff", None, at, works_for=tenant)


@pytest.mark.parametrize("item_count", [1, 3])
def test_it_costs_the_same_for_any_number_of_changes(
    tenant: Tenant, at: datetime, item_count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = desk.at_the_desk("viewer", tenant, at)
    with tenant_scope(tenant.id):
        for number in range(item_count):
            set_buckets(starts=[0, 1, 31 + number], reason="示例", actor="usr_x", at=at)
    with django_assert_num_queries(8):
        page = client.get(PAGE)
    assert len(page.context["changes"]) == item_count
    assert page.context["form"] is None


def test_nothing_was_changed_yet(tenant: Tenant, at: datetime) -> None:
    page = desk.at_the_desk("operator", tenant, at).get(PAGE)
    assert page.context["changes"] == []
    assert b'class="empty small"' in page.content
    assert [one["is_own"] for one in page.context["ladders"]] == [False] * 3


def test_everything_is_changed_by_staff_and_told(tenant: Tenant, staff: Client) -> None:
    for name, said in SETTINGS.items():
        assert put(staff, name, said).status_code == 302, name
        assert put(staff, name, said).status_code == 302  # as it is: nothing happens
    with tenant_scope(tenant.id):
        assert collection_rules() == CollectionRules(
            quiet_from_hour=21, quiet_until_hour=9, calls_per_day=2,
            collector_roles=("owner", "operator"),
        )  # fmt: skip
        found = ladders()
    assert found["stage"].intervals() == [
        (0, 15, "remind"), (15, 61, "call"), (61, None, "notice"),
    ]  # fmt: skip
    assert [step.code for step in found["bucket"].steps] == ["current", "1-30", "31+"]
    assert found["class"].at(61).code == "substandard"
    page = staff.get(PAGE)
    told = page.context["changes"]
    assert [(one.reason, [part[0] for part in parts]) for one, _, parts in told] == [
        ("监管口径", ["Five-category classes"]),
        ("口径统一", ["Buckets"]),
        ("先礼后兵", ["Collection stages"]),
        ("合规部要求", ["Nobody is contacted from", "until", "Calls per case and day",
                   "Who may collect"]),
    ]  # fmt: skip
    ((label, before, after),) = told[1][2]
    assert label == "Buckets"
    assert before.split(" · ")[-2:] == ["91–180 days", "181 days and more"]
    assert after == "Not past due · 1–30 days · 31 days and more"


@pytest.mark.parametrize(
    ("name", "wrong", "field"),
    [
        ("rules", {"quiet_until_hour": 7}, "__all__"),
        ("rules", {"quiet_from_hour": 23}, "__all__"),
        ("rules", {"calls_per_day": -1}, "calls_per_day"),
        ("rules", {"collector_roles": ["viewer"]}, "collector_roles"),
        ("rules", {"reason": ""}, "reason"),
        ("stage", {"from_remind": ""}, "__all__"),
        ("stage", {"every_call": ""}, "__all__"),
        ("stage", {"from_call": 70}, "__all__"),
        ("bucket", {"starts": "1, 31"}, "starts"),
        ("bucket", {"starts": "a, b"}, "starts"),
        ("class", {"from_loss": 100}, "__all__"),
    ],
)
def test_what_cannot_be_is_said_in_place(
    tenant: Tenant, staff: Client, name: str, wrong: dict[str, Any], field: str
) -> None:
    before = stored(tenant)
    answer = put(staff, name, SETTINGS[name] | wrong)
    assert answer.status_code == 422
    ladders_forms = {one["name"]: one["form"] for one in answer.context["ladders"]}
    form = answer.context["form"] if name == "rules" else ladders_forms[name]
    assert set(form.errors) == {field}
    assert stored(tenant) == before


def test_who_may_change_what(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    three = callers(tenant, other_tenant, at)
    assert three.statuses(PAGE) == (302, 200, 200)
    owner = three.owner
    others = [desk.at_the_desk(role, tenant, at) for role in ("operator", "finance", "viewer")]
    developer = desk.at_the_desk("developer", tenant, at)
    before = stored(tenant)
    assert developer.get(PAGE).status_code == 403
    assert owner.get(f"{PAGE}/rules").status_code == 405
    assert put(owner, "nonsense", RULES).status_code == 404
    assert put(three.stranger, "rules", RULES).status_code == 302
    for name, said in SETTINGS.items():
        assert {put(client, name, said).status_code for client in others} == {403}
    assert [put(owner, name, SETTINGS[name]).status_code for name in ("bucket", "class")] == [
        403
    ] * 2
    assert put(three.neighbor, "stage", STAGE).status_code == 302
    assert stored(tenant) == before
    assert [put(owner, name, SETTINGS[name]).status_code for name in ("rules", "stage")] == [
        302
    ] * 2
    with tenant_scope(other_tenant.id):
        assert collection_rules() == CollectionRules()
        assert ladder(LadderKind.BUCKET) == BUCKETS
        assert ladder(LadderKind.STAGE) != STAGES
