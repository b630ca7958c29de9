"""Photos and PDFs a merchant sends: known by their content, sealed at rest, opened on record."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from platform_app.kernel import audit, crypto, events
from platform_app.kernel.errors import Invalid
from tenants.domain.onboarding import content_type
from tenants.domain.words import one_line
from tenants.enums import AttachmentKind
from tenants.errors import (
    AttachmentKeyUsed,
    AttachmentNotFound,
    AttachmentsTooMany,
    AttachmentTooLarge,
    BadAttachment,
)
from tenants.models import Attachment
from tenants.operations.identities import check_sensitive
from tenants.operations.merchants import lock_merchant

CONTENT: Final = "attachment.content"
MOST_BYTES: Final = 4_000_000
MOST_FILES: Final = 40
MEGABYTE: Final = 1_000_000
ENDINGS: Final = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """A file in clear: only ever the answer to a recorded opening."""

    name: str
    content_type: str
    content: bytes


@transaction.atomic
def add_attachment(
    *,
    merchant_id: str,
    kind: str,
    upload_key: str,
    file_name: str,
    content: bytes,
    actor: str,
    at: datetime,
) -> Attachment:
    """Keep a file. The same bytes under the same `upload_key` again are the first one's answer.

    Raises NotFound, SensitiveConsentMissing, Invalid (kind, key, name), AttachmentTooLarge,
    BadAttachment (by the content, whatever the name says), AttachmentKeyUsed, AttachmentsTooMany.
    """
    if kind not in AttachmentKind.values:
        raise Invalid(field="kind")
    if len(content) > MOST_BYTES:
        raise AttachmentTooLarge(field="content", limit_mb=MOST_BYTES // MEGABYTE)
    type_found = content_type(content)
    if not type_found:
        raise BadAttachment(field="content")
    key = one_line(upload_key, field="upload_key", longest=64)
    digest = hashlib.sha256(content).hexdigest()
    check_sensitive(merchant_id)
    merchant = lock_merchant(merchant_id)
    mine = Attachment.objects.filter(merchant=merchant)
    before: Attachment | None = mine.filter(upload_key=key).defer("sealed").first()
    if before is not None:
        if (before.sha256, before.kind) != (digest, kind):
            raise AttachmentKeyUsed(field="upload_key")
        return before
    if mine.count() >= MOST_FILES:
        raise AttachmentsTooMany(most=MOST_FILES)
    kept: Attachment = Attachment.objects.create(
        merchant=merchant, kind=kind, upload_key=key, content_type=type_found, sha256=digest,
        file_name=one_line(file_name, field="file_name", required=False) or kind,
        byte_count=len(content), sealed=crypto.seal_bytes(content, purpose=CONTENT),
        uploaded_by=actor, uploaded_at=at,
    )  # fmt: skip
    events.record(
        "tenants.merchant.attachment_added",
        subject=merchant.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"attachment_id": kept.id, "kind": kind, "byte_count": kept.byte_count},
    )  # fmt: skip
    return kept


@transaction.atomic
def open_attachment(
    *, attachment_id: str, merchant_id: str | None, actor: str, at: datetime
) -> OpenedFile:
    """Show a file in clear, and write down who looked. `merchant_id` narrows it to one's own.

    Raises AttachmentNotFound.
    """
    try:
        found: Attachment | None = Attachment.objects.filter(pk=attachment_id).first()
    except ValueError:
        found = None
    if found is None or (merchant_id is not None and found.merchant_id != merchant_id):
        raise AttachmentNotFound
    audit.record(
        actor=actor, action="tenants.attachment.open", subject=found.id, at=at,
        after={"merchant_id": found.merchant_id, "kind": found.kind},
    )  # fmt: skip
    return OpenedFile(
        name=f"{found.kind}-{found.id}.{ENDINGS[found.content_type]}",
        content_type=found.content_type,
        content=crypto.unseal_bytes(bytes(found.sealed), purpose=CONTENT),
    )
