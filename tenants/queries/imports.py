"""How files of orders fared."""

from typing import Any

from django.db.models import QuerySet

from platform_app.kernel.errors import NotFound
from tenants.models import TradeImport, TradeImportError


def trade_import(import_id: str) -> TradeImport:
    """One import with its progress. Raises NotFound."""
    try:
        found: TradeImport | None = TradeImport.objects.filter(pk=import_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="import")
    return found


def list_imports() -> QuerySet[Any]:
    """The platform's imports, newest first."""
    return TradeImport.objects.order_by("-id")


def list_import_errors(import_id: str) -> QuerySet[Any]:
    """The kept refused lines of one import (the first ten thousand), by line."""
    return TradeImportError.objects.filter(trade_import_id=import_id).order_by("line_no", "id")
