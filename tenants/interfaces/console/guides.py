"""The guides where they are needed: beside the keys, the log and the sandbox."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from tenants.access.console import ConsoleRequest, console_view
from tenants.domain.guides import Words
from tenants.interfaces.console.developer import READERS
from tenants.queries import guides


@require_GET
@console_view(*READERS)
def listing(request: ConsoleRequest) -> HttpResponse:
    """All guides in the order in which they are read."""
    found = guides.list_guides(language=_language(), words=_words())
    return render(request, "console/tenants/guides.html", {"guides": found})


@require_GET
@console_view(*READERS)
def detail(request: ConsoleRequest, slug: str) -> HttpResponse:
    """One guide with its table of contents."""
    found = guides.guide(slug, language=_language(), words=_words())
    if found is None:
        raise Http404(_("There is no such guide."))
    html = mark_safe(found.html)  # noqa: S308 -- markup of a guide is escaped where it is read
    return render(request, "console/tenants/guide.html", {"guide": found, "html": html})


def _language() -> str:
    return get_language() or "en"


def _words() -> Words:
    return Words(copy=_("Copy"), copied=_("Copied"), table=_("Table"))
