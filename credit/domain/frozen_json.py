"""One JSON form for frozen values: fields by name, decimals as text, enums as their word.

A field with a default may be missing, so what was stored before the field existed still reads.
"""

from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


def dump(value: Any) -> Any:
    """Turn a frozen dataclass, or anything its fields hold, into JSON's types."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: dump(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [dump(part) for part in value]
    return value


def load(kind: type[T], data: Any) -> T:
    """Read back what `dump` wrote. Raises ValueError for a missing or an unknown field."""
    answer: T = _load(kind, data)
    return answer


@lru_cache(maxsize=64)
def _shape(kind: type) -> tuple[dict[str, Any], frozenset[str]]:
    hints = get_type_hints(kind)
    needed = frozenset(
        f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING
    )
    return {f.name: hints[f.name] for f in fields(kind)}, needed


def _load(kind: Any, data: Any) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        hints, needed = _shape(kind)
        if wrong := sorted((data.keys() - hints.keys()) | (needed - data.keys())):
            raise ValueError(f"{kind.__name__}: unknown or missing {', '.join(wrong)}")
        return kind(**{name: _load(hints[name], part) for name, part in data.items()})
    if get_origin(kind) in (Union, UnionType):
        inner = next(part for part in get_args(kind) if part is not NoneType)
        return None if data is None else _load(inner, data)
    if get_origin(kind) is tuple:
        return tuple(_load(get_args(kind)[0], part) for part in data)
    if isinstance(kind, type) and issubclass(kind, Enum | Decimal):
        return kind(data)
    if kind is date:
        return date.fromisoformat(data)
    return data
