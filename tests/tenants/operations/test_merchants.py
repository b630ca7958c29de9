"""A firm enters the pool, registers, is verified; its people stay sealed."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection

from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.errors import (
    BadPhone,
    BadRegistrationNumber,
    RegistrationLocked,
    RegistrationMissing,
    RevealReasonNeeded,
)
from tenants.models import Merchant, MerchantPerson, Tenant
from tenants.operations.merchants import register_merchant, upsert_merchant, verify_merchant
from tenants.operations.people import reveal_person, set_person
from tenants.operations.tenants import create_tenant
from tenants.queries.merchants import (
    list_merchants,
    list_people,
    list_people_by_phone,
    merchant,
    merchant_by_external_id,
)
from tenants.values import PersonDetails

pytestmark = pytest.mark.django_db
CODE = "91000000MA0000001R"
OTHER_CODE = "91000000MADEM00011"


def shop(at: datetime, **facts: Any) -> Merchant:
    words = {"external_id": "M1", "name": "示例宠物店", "actor": "api", "at": at, **facts}
    return upsert_merchant(**words)[0]


def events_of(row: Merchant) -> list[str]:
    return list(Event.objects.filter(subject=row.id).order_by("id").values_list("name", flat=True))


@pytest.mark.usefixtures("inside")
def test_a_new_firm_is_pooled_once(at: datetime) -> None:
    words: dict[str, Any] = {
        "external_id": "M1", "name": "示例宠物店", "region": "浙江", "actor": "api", "at": at,
    }  # fmt: skip
    row, is_new = upsert_merchant(**words, joined_on=date(2025, 1, 1))
    again, is_new_again = upsert_merchant(**words)
    assert (is_new, is_new_again) == (True, False)
    assert again.id == row.id
    assert (again.kyb_status, again.kind, again.version) == ("pooled", "company", 1)
    assert again.joined_on == date(2025, 1, 1)
    assert events_of(row) == ["tenants.merchant.pooled"]


@pytest.mark.usefixtures("inside")
def test_what_is_left_empty_keeps_its_value(at: datetime) -> None:
    row = shop(at, region="浙江", kind="individual_business")
    changed = shop(at, name="示例宠物总店")
    assert (changed.name, changed.region, changed.kind) == (
        "示例宠物总店", "浙江", "individual_business",
    )  # fmt: skip
    assert changed.version == 2
    event = Event.objects.get(name="tenants.merchant.changed")
    assert event.props == {"external_id": "M1", "version": 2, "fields": ["name"]}
    assert events_of(row) == ["tenants.merchant.pooled", "tenants.merchant.changed"]


@pytest.mark.parametrize(
    ("facts", "error"),
    [
        ({"name": ""}, Invalid),
        ({"name": "店" * 201}, Invalid),
        ({"external_id": "a\x00"}, Invalid),
        ({"external_id": "x" * 65}, Invalid),
        ({"kind": "cooperative"}, Invalid),
        ({"registration_no": CODE[:-1] + "Q"}, BadRegistrationNumber),
        ({"registration_no": CODE, "kind": "natural_person"}, BadRegistrationNumber),
    ],
)
@pytest.mark.usefixtures("inside")
def test_a_refused_firm_leaves_nothing(
    facts: dict[str, str], error: type[Exception], at: datetime
) -> None:
    with pytest.raises(error):
        shop(at, **facts)
    assert Merchant.objects.count() == 0
    assert not Event.objects.filter(name__startswith="tenants.merchant.").exists()


@pytest.mark.usefixtures("inside")
def test_verifying_registers_first_and_each_happens_once(at: datetime) -> None:
    row = shop(at)
    for _ in range(2):
        verified = verify_merchant(merchant_id=row.id, registration_no=CODE, actor="usr", at=at)
        register_merchant(merchant_id=row.id, actor="usr", at=at)
    assert (verified.kyb_status, verified.registration_no) == ("verified", CODE)
    assert verified.verified_at == at
    assert events_of(row) == [
        "tenants.merchant.pooled", "tenants.merchant.registered", "tenants.merchant.verified",
    ]  # fmt: skip


@pytest.mark.usefixtures("inside")
def test_a_firm_without_a_number_is_not_verified(at: datetime) -> None:
    row = shop(at)
    with pytest.raises(RegistrationMissing):
        verify_merchant(merchant_id=row.id, registration_no=None, actor="usr", at=at)
    assert merchant(row.id).kyb_status == "pooled"
    assert events_of(row) == ["tenants.merchant.pooled"]
    person = shop(at, external_id="P1", kind="natural_person")
    done = verify_merchant(merchant_id=person.id, registration_no=None, actor="usr", at=at)
    assert done.kyb_status == "verified"


@pytest.mark.usefixtures("inside")
def test_a_verified_firm_keeps_its_number_and_kind(at: datetime) -> None:
    row = shop(at, registration_no=CODE)
    verify_merchant(merchant_id=row.id, registration_no=None, actor="usr", at=at)
    refusals: list[Callable[[], object]] = [
        lambda: shop(at, registration_no=OTHER_CODE),
        lambda: shop(at, kind="natural_person"),
        lambda: verify_merchant(merchant_id=row.id, registration_no=OTHER_CODE, actor="usr", at=at),
    ]
    for refused in refusals:
        with pytest.raises(RegistrationLocked):
            refused()
    assert (merchant(row.id).registration_no, merchant(row.id).kind) == (CODE, "company")


def test_only_the_owner_finds_a_firm(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        row = shop(at)
        assert merchant(row.id) == row
        assert merchant_by_external_id("M1") == row
        assert list(list_merchants(search="宠物")) == [row]
        assert list(list_merchants(search="m1", kyb_status="pooled")) == [row]
        assert list(list_merchants(search="%")) == []
        assert list(list_merchants(category="水族")) == []
    with tenant_scope(other_tenant.id):
        theirs = shop(at, name="别家的店")
        acts: list[Callable[[], object]] = [
            lambda: merchant(row.id),
            lambda: register_merchant(merchant_id=row.id, actor="usr", at=at),
            lambda: verify_merchant(merchant_id=row.id, registration_no=CODE, actor="u", at=at),
        ]
        for act in acts:
            with pytest.raises(NotFound):
                act()
        assert list(list_merchants()) == [theirs]
    with pytest.raises(NoScope):
        merchant(row.id)
    with tenant_scope(tenant.id):
        assert merchant(row.id).kyb_status == "pooled"
        with pytest.raises(NotFound):
            merchant("lin_1")
        with pytest.raises(NotFound):
            merchant_by_external_id("\x00")


def person(at: datetime, row: Merchant, **facts: str) -> MerchantPerson:
    words = {"role": "applicant", "name": "张示例", "phone": "138 0000 0000", **facts}
    return set_person(merchant_id=row.id, actor="usr", at=at, **words)


@pytest.mark.usefixtures("inside")
def test_a_person_is_sealed_masked_and_found_by_phone(at: datetime) -> None:
    row = shop(at)
    kept = person(at, row)
    assert person(at, row).id == kept.id
    assert (kept.name_masked, kept.phone_masked) == ("张*", "138****0000")
    assert "张示例".encode() not in bytes(kept.name_sealed)
    assert list(list_people(row.id)) == [kept]
    assert list(list_people_by_phone("+8613800000000")) == [kept]
    assert list(list_people_by_phone("13800000001")) == []
    changed = person(at, row, phone="13800000001")
    assert changed.id == kept.id
    assert list(list_people_by_phone("13800000000")) == []
    said = Event.objects.filter(name="tenants.merchant.person_set")
    assert [event.props for event in said] == [{"person_id": kept.id, "role": "applicant"}] * 2


@pytest.mark.usefixtures("inside")
def test_a_firm_may_correct_its_number_until_it_is_verified(at: datetime) -> None:
    row = shop(at, registration_no=CODE)
    assert shop(at, registration_no=OTHER_CODE).registration_no == OTHER_CODE
    with pytest.raises(BadRegistrationNumber):
        shop(at, kind="individual_business")
    assert merchant(row.id).kind == "company"
    for gone in (row.id[:-1] + "!", "mpr_1"):
        with pytest.raises(NotFound):
            reveal_person(person_id=gone, reason="商户来电核实", actor="usr", at=at)
        with pytest.raises(NotFound):
            register_merchant(merchant_id=gone, actor="usr", at=at)


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_pool_one_firm(at: datetime) -> None:
    tenant = create_tenant(slug="race", name="示例", vertical="pet", actor="t", at=at)
    barrier = threading.Barrier(2)
    found: list[tuple[str, bool]] = []

    def work() -> None:
        try:
            with tenant_scope(tenant.id):
                barrier.wait()
                row, is_new = upsert_merchant(external_id="M1", name="甲", actor="api", at=at)
                found.append((row.id, is_new))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(is_new for _, is_new in found) == [False, True]
    assert len({number for number, _ in found}) == 1
    with tenant_scope(tenant.id):
        assert Event.objects.filter(name="tenants.merchant.pooled").count() == 1


@pytest.mark.parametrize(
    ("facts", "error"),
    [({"role": "uncle"}, Invalid), ({"name": ""}, Invalid), ({"phone": "110"}, BadPhone)],
)
@pytest.mark.usefixtures("inside")
def test_a_refused_person_leaves_nothing(
    facts: dict[str, str], error: type[Exception], at: datetime
) -> None:
    row = shop(at)
    with pytest.raises(error):
        person(at, row, **facts)
    assert MerchantPerson.objects.count() == 0
    assert events_of(row) == ["tenants.merchant.pooled"]


def test_revealing_needs_a_reason_and_is_recorded(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        row = shop(at)
        kept = person(at, row)
        with pytest.raises(RevealReasonNeeded):
            reveal_person(person_id=kept.id, reason=" 看看 ", actor="usr_1", at=at)
        assert not AuditRecord.objects.filter(subject=kept.id).exists()
        clear = reveal_person(person_id=kept.id, reason="商户来电核实", actor="usr_1", at=at)
        assert clear == PersonDetails("applicant", "张示例", "13800000000")
        record = AuditRecord.objects.get(subject=kept.id)
        assert (record.actor, record.reason) == ("usr_1", "商户来电核实")
        assert record.after == {"merchant_id": row.id, "role": "applicant"}
    with tenant_scope(other_tenant.id):
        with pytest.raises(NotFound):
            reveal_person(person_id=kept.id, reason="商户来电核实", actor="usr_2", at=at)
        assert list(list_people_by_phone("13800000000")) == []
        assert not AuditRecord.objects.filter(subject=kept.id).exists()
