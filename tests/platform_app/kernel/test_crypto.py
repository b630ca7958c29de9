"""Sealed per tenant and purpose; found again without opening; shown in masks."""

import pytest
from cryptography.exceptions import InvalidTag

from platform_app.kernel import crypto
from platform_app.kernel.models import DataKey
from platform_app.kernel.tenancy import NoScope, platform_scope, tenant_scope
from tenants.models import Tenant

PHONE = "13800000000"


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", PHONE, "示例市示例路 1 号", "a" * 10_000])
def test_sealed_and_unsealed(inside: Tenant, text: str) -> None:
    assert inside.slug == "pets"
    box = crypto.seal(text, purpose="person.phone")
    assert crypto.unseal(box, purpose="person.phone") == text
    assert crypto.unseal(memoryview(box), purpose="person.phone") == text  # type: ignore[arg-type]
    assert crypto.seal(text, purpose="person.phone") != box
    if text:
        assert text.encode() not in box


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_any_altered_byte_is_noticed() -> None:
    box = crypto.seal(PHONE, purpose="person.phone")
    for place in range(16, len(box)):
        altered = bytearray(box)
        altered[place] ^= 1
        with pytest.raises(InvalidTag):
            crypto.unseal(bytes(altered), purpose="person.phone")
    with pytest.raises(InvalidTag):
        crypto.unseal(box, purpose="person.name")
    stranger = bytearray(box)
    stranger[15] ^= 1
    with pytest.raises(DataKey.DoesNotExist):
        crypto.unseal(bytes(stranger), purpose="person.phone")


@pytest.mark.django_db
def test_another_tenant_cannot_open_it_even_from_memory(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenant_scope(tenant.id):
        box = crypto.seal(PHONE, purpose="person.phone")
        assert crypto.unseal(box, purpose="person.phone") == PHONE
    with tenant_scope(other_tenant.id), pytest.raises(DataKey.DoesNotExist):
        crypto.unseal(box, purpose="person.phone")
    with pytest.raises(NoScope):
        crypto.unseal(box, purpose="person.phone")
    with platform_scope():
        assert crypto.unseal(box, purpose="person.phone") == PHONE


@pytest.mark.django_db
def test_equal_values_meet_inside_one_tenant_only(tenant: Tenant, other_tenant: Tenant) -> None:
    with tenant_scope(tenant.id):
        ours = crypto.blind_index(PHONE, purpose="person.phone")
        assert crypto.blind_index(PHONE, purpose="person.phone") == ours
        assert crypto.blind_index(PHONE, purpose="person.name") != ours
        assert crypto.blind_index("13800000001", purpose="person.phone") != ours
    with tenant_scope(other_tenant.id):
        assert crypto.blind_index(PHONE, purpose="person.phone") != ours
    assert len(ours) == 64


@pytest.mark.django_db
@pytest.mark.usefixtures("inside")
def test_after_a_rotation_old_boxes_open_and_values_are_still_found() -> None:
    box = crypto.seal(PHONE, purpose="person.phone")
    index = crypto.blind_index(PHONE, purpose="person.phone")
    DataKey.objects.update(active=False)
    fresh = crypto.create_data_key()
    crypto.forget_keys()
    assert crypto.unseal(box, purpose="person.phone") == PHONE
    assert crypto.blind_index(PHONE, purpose="person.phone") == index
    again = crypto.seal(PHONE, purpose="person.phone")
    assert again[:16] != box[:16]
    assert crypto.unseal(again, purpose="person.phone") == PHONE
    assert DataKey.objects.get(active=True) == fresh


@pytest.mark.django_db
def test_a_key_moved_to_another_tenant_does_not_unwrap(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    with tenant_scope(tenant.id):
        wrapped = bytes(DataKey.objects.get().wrapped)
    with tenant_scope(other_tenant.id):
        DataKey.objects.update(wrapped=wrapped)
        crypto.forget_keys()
        with pytest.raises(InvalidTag):
            crypto.seal(PHONE, purpose="person.phone")


def test_the_platform_has_boxes_of_its_own() -> None:
    box = crypto.seal_for_platform("JBSWY3DP", purpose="member.totp")
    assert crypto.unseal_for_platform(box, purpose="member.totp") == "JBSWY3DP"
    assert crypto.unseal_for_platform(memoryview(box), purpose="member.totp") == "JBSWY3DP"  # type: ignore[arg-type]
    with pytest.raises(InvalidTag):
        crypto.unseal_for_platform(box, purpose="credential.secret")
    with pytest.raises(InvalidTag):
        crypto.unseal_for_platform(box[:-1], purpose="member.totp")


@pytest.mark.parametrize(
    ("name", "shown"),
    [("", ""), ("张", "张*"), ("张三", "张*"), ("张三丰", "张*"), ("欧阳锋", "欧阳*"),
     ("诸葛孔明", "诸葛*"), ("宇文成", "宇文*"), ("司徒", "司*"), ("东方", "东*"),
     ("Ann Lee", "A*")],
)  # fmt: skip
def test_names_are_masked(name: str, shown: str) -> None:
    assert crypto.mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812345678", "138****5678"), ("12345678", "****"), ("0571-12345678", "057****5678"),
     ("", "****")],
)  # fmt: skip
def test_phones_are_masked(phone: str, shown: str) -> None:
    assert crypto.mask_phone(phone) == shown


def test_only_the_tail_is_left() -> None:
    assert crypto.mask_tail("11010119900101123X") == "**************123X"
    assert crypto.mask_tail("6222020000001234") == "************1234"
    assert crypto.mask_tail("123") == "123"
    assert crypto.mask_tail("123", 0) == "***"
