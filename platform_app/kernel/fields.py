"""Column types that carry a rule: public ids, minor units, rates, sealed text, tenant keys."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models

from platform_app.kernel import ids


class PublicIdField(models.Field[Any, Any]):
    """Stored as `uuid`, spoken as `<prefix>_…`. A foreign prefix matches nothing."""

    description = "Prefixed public id"
    empty_strings_allowed = False

    def __init__(self, prefix: str = "", *args: Any, **kwargs: Any) -> None:
        self.prefix = prefix
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["prefix"] = self.prefix
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "UUIDField"

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 -- Django's signature
        return "uuid"

    def rel_db_type(self, connection: Any) -> str:  # noqa: ARG002 -- Django's signature
        return "uuid"

    def from_db_value(self, value: UUID | None, *_: Any) -> str | None:
        return None if value is None else ids.from_uuid(self.prefix, value)

    def get_prep_value(self, value: Any) -> UUID | None:
        if value is None or isinstance(value, UUID):
            return value
        return ids.to_uuid(self.prefix, str(value))

    def get_db_prep_value(  # Django's signature
        self,
        value: Any,
        connection: Any,  # noqa: ARG002
        prepared: bool = False,  # noqa: FBT001, FBT002
    ) -> Any:
        prep = value if prepared else self.get_prep_value(value)
        return None if prep is None else str(prep)

    def to_python(self, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, UUID):
            return ids.from_uuid(self.prefix, value)
        try:
            ids.to_uuid(self.prefix, str(value))
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return str(value)

    def get_pk_value_on_save(self, instance: models.Model) -> Any:
        return getattr(instance, self.attname, None) or ids.new_id(self.prefix)

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj))


class OwnIdField(PublicIdField):
    """The primary key of a table: a fresh id at construction, so rows can refer before saving."""

    def __init__(self, prefix: str = "", *args: Any, **kwargs: Any) -> None:
        kwargs["primary_key"] = True
        kwargs["editable"] = False
        super().__init__(prefix, *args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["primary_key"], kwargs["editable"]
        return name, path, args, kwargs

    def has_default(self) -> bool:
        return True

    def get_default(self) -> str:
        return ids.new_id(self.prefix)


class MinorField(models.BigIntegerField[int, int]):
    """An amount in minor units (fen)."""


class RateField(models.DecimalField[Any, Any]):
    """An annual rate as a decimal fraction: 0.12 is 12 % a year."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_digits", 12)
        kwargs.setdefault("decimal_places", 8)
        super().__init__(*args, **kwargs)


class TenantForeignKey(models.ForeignKey[Any, Any]):
    """A reference inside one tenant. The database holds it as `(tenant_id, x_id)`.

    Django's own single-column constraint is left out; `security.py` adds the composite one.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("related_name", "+")
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs
