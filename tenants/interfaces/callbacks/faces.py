"""The service that compares faces tells us how a check ended."""

import json
import re
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from platform_app.kernel import clock, ids
from platform_app.kernel.errors import DomainError, Invalid
from platform_app.kernel.problems import refused
from tenants.access.callbacks import check_callback
from tenants.errors import FaceReferenceUnknown
from tenants.operations.face_results import receive_face_result
from tenants.queries.sandboxes import working_for

ACTOR: Final = "system:faces"
FIELDS: Final = ("reference", "status", "evidence_id")
_UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")  # JSON can say them, the database cannot


@csrf_exempt
@require_POST
def result(request: HttpRequest, tenant_id: str) -> HttpResponse:
    """One result of one platform's check; see docs/runbooks/face-checks.md."""
    try:
        raw = check_callback(request, secrets=settings.FACES_CALLBACK_SECRETS, at=clock.now())
        said = _read(raw)
        with working_for(_platform(tenant_id)):
            row = receive_face_result(**said, actor=ACTOR, at=clock.now())
    except DomainError as refusal:
        return refused(request, refusal)
    return JsonResponse(
        {"reference": row.reference, "status": row.status}, headers={"Cache-Control": "no-store"}
    )


def _platform(tenant_id: str) -> str:
    """The platform of the address. Raises FaceReferenceUnknown: that is no platform's id."""
    try:
        ids.to_uuid("tnt", tenant_id)
    except ValueError:
        raise FaceReferenceUnknown from None
    return tenant_id


def _read(raw: bytes) -> dict[str, str]:
    """Raises Invalid: no object of texts."""
    try:
        body: Any = json.loads(raw)
    except (ValueError, RecursionError):
        raise Invalid(field="body") from None
    if not isinstance(body, dict):
        raise Invalid(field="body")
    said = {name: body.get(name, "") for name in FIELDS}
    for name, value in said.items():
        if not isinstance(value, str) or _UNSTORABLE.search(value):
            raise Invalid(field=name)
    return said
