"""An agreement and what proves it; a copy that somebody brings is checked against it."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from credit.interfaces.console.lines import found
from credit.operations.contract_proofs import verify_contract
from platform_app.kernel.errors import NotFound
from platform_app.kernel.http import say
from tenants.access.console import ConsoleRequest, console_view
from tenants.enums import Role

READERS = (Role.OWNER, Role.OPERATOR, Role.FINANCE)
MOST_BYTES: Final = 5_000_000


@require_http_methods(["GET", "POST"])
@console_view(*READERS)
def show(request: ConsoleRequest, line_id: str) -> HttpResponse:
    """Every check as it comes out now; a POST checks the copy in `file` instead of ours."""
    line = found(line_id)
    copy, error = _copy(request) if request.method == "POST" else (None, "")
    try:
        proof = verify_contract(line_id=line.id, content=copy)
    except NotFound as refusal:
        raise Http404(say(refusal)) from None
    context = {
        "line": line,
        "proof": proof,
        "is_copy": copy is not None,
        "error": error,
        "evidence": proof.contract.evidence,
        "checks": [
            (_("Not one byte changed since it was signed"), proof.is_intact),
            (_("The certificate comes from the platform's signing authority"), proof.is_trusted),
            (_("The text is the one that was hashed"), proof.is_text_same),
            (_("The cost sheet is the one that was shown"), proof.is_sheet_same),
            (_("The evidence is the one that was hashed"), proof.is_evidence_same),
            (_("The audit chain holds all the hashes"), proof.is_chained),
        ],
    }
    return render(request, "console/credit/agreement.html", context, status=422 if error else 200)


def _copy(request: ConsoleRequest) -> tuple[bytes | None, str]:
    """The bytes to check, or why there are none."""
    file = request.FILES.get("file")
    if file is None:
        return None, _("Choose a PDF first.")
    if (file.size or 0) > MOST_BYTES:
        return None, _("The file is larger than 5 MB: it is not an agreement of ours.")
    return file.read(), ""
