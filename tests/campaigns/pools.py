"""Pools of tests: a file, read in at once."""

import io
from datetime import datetime

from campaigns.models import PoolImport, PoolMember
from campaigns.operations.pool_imports import import_pool, start_pool_import

HEADER = "external_id,name,registration_no,tier,category,region"
BASIS = "platform_agreement"


def started(text: str | bytes, at: datetime, name: str = "pool.csv") -> PoolImport:
    """A file handed in, not read yet."""
    raw = text.encode() if isinstance(text, str) else text
    row, is_new = start_pool_import(
        file_name=name, content=io.BytesIO(raw), consent_basis=BASIS, actor="usr_test", at=at
    )
    assert is_new
    return row


def read(text: str | bytes, at: datetime, name: str = "pool.csv") -> PoolImport:
    """A file read to its end."""
    return import_pool(import_id=started(text, at, name).id)


def pooled(at: datetime, *rows: str) -> PoolImport:
    """Rows as lines of CSV under the usual header."""
    return read("\n".join([HEADER, *rows]) + "\n", at)


def member(external_id: str) -> PoolMember:
    found: PoolMember = PoolMember.objects.get(external_id=external_id)
    return found
