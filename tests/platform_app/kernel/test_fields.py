"""Columns that carry a rule."""

from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from platform_app.kernel import ids
from platform_app.kernel.fields import OwnIdField, PublicIdField, RateField, TenantForeignKey
from tenants.models import Merchant

VALUE = UUID("0188bac7-4afa-78aa-bc3b-bd1eef28d881")
TENANT = "tnt_01h2xcejqtf2nbrexx3vqjhp41"
TEXT = "mch_01h2xcejqtf2nbrexx3vqjhp41"


def test_spoken_with_a_prefix_stored_as_uuid() -> None:
    field = PublicIdField("mch")
    assert field.to_python(VALUE) == field.to_python(TEXT) == field.from_db_value(VALUE) == TEXT
    assert field.get_prep_value(TEXT) == field.get_prep_value(VALUE) == VALUE
    assert field.get_db_prep_value(TEXT, connection) == str(VALUE)
    assert field.db_type(connection) == field.rel_db_type(connection) == "uuid"
    assert [
        field.to_python(None), field.from_db_value(None), field.get_db_prep_value(None, connection),
    ] == [None, None, None]  # fmt: skip


@pytest.mark.parametrize("text", ["lin_01h2xcejqtf2nbrexx3vqjhp41", "nonsense", "", str(VALUE)])
def test_another_prefix_is_not_this_column(text: str) -> None:
    field = PublicIdField("mch")
    with pytest.raises(ValidationError, match="not a mch id"):
        field.to_python(text)
    with pytest.raises(ValueError, match="not a mch id"):
        field.get_prep_value(text)


def test_a_row_has_its_id_before_it_is_saved() -> None:
    first, second = Merchant(tenant_id=TENANT), Merchant(tenant_id=TENANT)
    assert ids.to_uuid("mch", first.id) < ids.to_uuid("mch", second.id)
    assert Merchant._meta.pk.value_to_string(first) == first.id


def test_migrations_write_down_what_matters() -> None:
    _, path, args, kwargs = OwnIdField("mch").deconstruct()
    assert (path, args) == ("platform_app.kernel.fields.OwnIdField", [])
    assert kwargs["prefix"] == "mch"
    assert not {"primary_key", "editable", "default"} & set(kwargs)
    _, _, _, reference = TenantForeignKey(Merchant).deconstruct()
    assert "db_constraint" not in reference
    assert reference["related_name"] == "+"
    rate = RateField()
    assert (rate.max_digits, rate.decimal_places) == (12, 8)
