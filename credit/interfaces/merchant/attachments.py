"""Photos of documents: taken, sent, and shown again to whom they belong."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from credit.interfaces.merchant.onboarding import opened, shown
from credit.operations.asks import answer_ask
from credit.queries.journey import journey
from platform_app.kernel import clock
from tenants.access.answers import go, page
from tenants.access.embed import MerchantRequest
from tenants.enums import AttachmentKind
from tenants.errors import BadAttachment
from tenants.operations.attachments import MOST_BYTES, add_attachment, open_attachment
from tenants.queries.onboarding import applying_person, list_attachments, needed_documents


@page
@require_safe
def attachments(request: MerchantRequest) -> HttpResponseBase:
    """What is still to be photographed, and what has arrived."""
    progress, elsewhere = opened(request)
    if progress is None:
        return elsewhere
    merchant = request.embed.merchant
    kept: dict[str, Any] = {}
    for one in list_attachments(merchant.id):
        kept.setdefault(one.kind, one)
    needed = needed_documents(merchant, applying_person(merchant.id))
    rows = [
        {"kind": kind, "label": AttachmentKind(kind).label, "kept": kept.get(kind)}
        for kind in needed
    ]
    context: dict[str, Any] = {
        "place": progress.place("documents")[0] if "documents" in progress.steps else 3,
        "rows": rows,
        "is_done": all(row["kept"] for row in rows),
        "next": progress.next_page,
    }
    return shown(request, "merchant/credit/attachments.html", **context)


@page
@require_POST
def upload(request: MerchantRequest) -> HttpResponseBase:
    """Take one file; sent again under the same key it is the same file."""
    merchant_id, at = request.embed.merchant_id, clock.now()
    sent, actor = request.FILES.get("file"), f"merchant:{merchant_id}"
    if sent is None:
        raise BadAttachment(field="file")
    kept = add_attachment(
        merchant_id=merchant_id, kind=request.POST.get("kind", ""),
        upload_key=request.POST.get("upload_key", ""), file_name=sent.name or "",
        content=sent.read(MOST_BYTES + 1), actor=actor, at=at,
    )  # fmt: skip
    ask_id = request.POST.get("ask", "")
    if not ask_id:
        return go("attachment-add")
    where = journey(merchant_id, at=at)
    if where.application is not None:
        answer_ask(
            application_id=where.application.id, ask_id=ask_id, answer="", attachment_id=kept.id,
            actor=actor, at=at,
        )  # fmt: skip
    return go("application-asks")


@page
@require_safe
def show(request: MerchantRequest, attachment_id: str) -> HttpResponseBase:
    """One's own file, in clear."""
    merchant_id = request.embed.merchant_id
    found = open_attachment(
        attachment_id=attachment_id, merchant_id=merchant_id, actor=f"merchant:{merchant_id}",
        at=clock.now(),
    )  # fmt: skip
    response = HttpResponse(found.content, content_type=found.content_type)
    disposition = content_disposition_header(True, found.name)  # noqa: FBT003 -- Django's signature
    response.headers["Content-Disposition"] = str(disposition)
    return response
