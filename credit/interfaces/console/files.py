"""Tables as files that a spreadsheet opens."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from django.http import HttpResponse

_BOM: Final = "\ufeff"
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def csv_file(name: str, rows: Iterable[Sequence[str | Decimal]]) -> HttpResponse:
    """A CSV in UTF-8 with a byte order mark. Text that a spreadsheet would run is defused."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.write(_BOM)
    csv.writer(response).writerows([_cell(value) for value in row] for row in rows)
    return response


def yuan(minor: int) -> Decimal:
    """`123450` → 1234.50, without separators."""
    return Decimal(minor).scaleb(-2)


def _cell(value: str | Decimal) -> str:
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
