"""What bodies hold beside plain fields: rates, amounts and ids."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from platform_app.kernel import ids
from platform_app.kernel.errors import DomainError

Refusal = Callable[..., DomainError]


@extend_schema_field({"type": "string", "format": "decimal", "example": "0.1200"})
class RateField(serializers.Field[Any, Any, Any, Any]):
    """An annual rate as a decimal string with at least four places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Decimal) -> str:
        whole, _, places = f"{Decimal(value):.8f}".rstrip("0").partition(".")
        return f"{whole}.{places:0<4}"


class AmountField(serializers.IntegerField):
    """A positive amount in fen that fits the column."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"min_value": 1, "max_value": 10**15, **kwargs})

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool | float | str):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(OpenApiTypes.STR)
class IdField(serializers.Field[str, Any, str, Any]):
    """An id in a body. One that cannot be ours is a thing that does not exist: 404, not 422."""

    def __init__(self, prefix: str, refusal: Refusal, **kwargs: Any) -> None:
        self.prefix, self.refusal = prefix, refusal
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        return known_id(self.prefix, str(data), partial(self.refusal, field=self.field_name))

    def to_representation(self, value: Any) -> str:
        return str(value)


def known_id(prefix: str, text: str, refusal: Refusal) -> str:
    """The id, or a refusal when it is not even shaped like one of ours."""
    try:
        ids.to_uuid(prefix, text)
    except ValueError:
        raise refusal() from None
    return text
