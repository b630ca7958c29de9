"""A merchant's file, for our own staff; every look is in the audit trail."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role
from tenants.interfaces.console.pages import missing
from tenants.operations.attachments import open_attachment


@never_cache
@require_GET
@console_view(Role.STAFF)
def show(request: ConsoleRequest, attachment_id: str) -> HttpResponse:
    """The file as it was sent, to be saved."""
    try:
        found = open_attachment(
            attachment_id=attachment_id, merchant_id=None, actor=request.member.id, at=clock.now()
        )
    except NotFound as refusal:
        raise missing(refusal) from None
    response = HttpResponse(found.content, content_type=found.content_type)
    is_saved = found.content_type == "application/pdf"
    response.headers["Content-Disposition"] = str(content_disposition_header(is_saved, found.name))
    return response
