"""Calendar files in the back office: propose, look at what would move, apply or reject."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _

from credit.domain.calendar import MOST_BYTES
from credit.enums import CalendarImportStatus
from credit.models import CalendarImport
from credit.operations.calendar import (
    apply_calendar_import,
    propose_calendar,
    reject_calendar_import,
)
from credit.queries.calendar_imports import calendar_import, preview_calendar_import, rows_of
from platform_app.kernel import clock
from platform_app.kernel.back_office import RowsAdmin
from platform_app.kernel.errors import DomainError, NotFound
from platform_app.kernel.http import say

_LIST = "admin:credit_calendarimport_changelist"
_DETAIL = "admin:credit_calendarimport_change"
SHOWN_MOVES = 500


class CalendarFileForm(forms.Form):
    file = forms.FileField(label=_("Calendar file (CSV)"))


@admin.register(CalendarImport)
class CalendarImportAdmin(RowsAdmin):
    """The rows are only read; three addresses of their own do what staff may do."""

    list_display = (
        "id", "file_name", "status", "row_count", "moved_count", "proposed_by", "proposed_at",
        "approved_by", "decided_at",
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("file_name", "file_sha256__exact")
    hidden = ("rows",)

    def get_urls(self) -> list[Any]:
        ours = [
            path("propose/", self._site(self.propose), name="credit_calendarimport_propose"),
            path("<str:key>/apply/", self._site(self.apply), name="credit_calendarimport_apply"),
            path("<str:key>/reject/", self._site(self.reject), name="credit_calendarimport_reject"),
        ]
        return ours + super().get_urls()

    def _site(self, view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        guarded: Callable[..., HttpResponse] = self.admin_site.admin_view(view)
        return guarded

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """The proposal with its dry run, computed anew at every look."""
        shown = self._preview(request, unquote(object_id)) if object_id else {}
        return super().changeform_view(
            request, object_id, form_url, {**shown, **(extra_context or {})}
        )

    def _preview(self, request: HttpRequest, import_id: str) -> dict[str, Any]:
        try:
            found = calendar_import(import_id)
        except NotFound:
            return {}
        if found.status != CalendarImportStatus.PROPOSED:
            return {}
        mine = found.proposed_by == str(request.user.pk)
        try:
            preview = preview_calendar_import(rows=rows_of(found), at=clock.now())
        except DomainError as refusal:
            return {"is_open": True, "is_mine": mine, "refusal": say(refusal)}
        return {
            "is_open": True,
            "is_mine": mine,
            "preview": preview,
            "moves": preview.moves[:SHOWN_MOVES],
            "more_count": max(0, len(preview.moves) - SHOWN_MOVES),
        }

    def propose(self, request: HttpRequest) -> HttpResponse:
        """Upload a file; a file that cannot be read is refused with its line."""
        is_sent = request.method == "POST"
        form = CalendarFileForm(request.POST, request.FILES) if is_sent else CalendarFileForm()
        if is_sent and form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                found = propose_calendar(
                    data=upload.read(MOST_BYTES + 1), file_name=upload.name,
                    actor=str(request.user.pk), at=clock.now(),
                )  # fmt: skip
            except DomainError as refusal:
                form.add_error("file", say(refusal))
            else:
                return HttpResponseRedirect(reverse(_DETAIL, args=[found.id]))
        context = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Propose a calendar file"),
            "form": form,
        }
        return TemplateResponse(
            request, "admin/credit/calendarimport/propose.html", context,
            status=422 if form.errors else 200,
        )  # fmt: skip

    def apply(self, request: HttpRequest, key: str) -> HttpResponse:
        """The second person says yes."""
        return self._decide(request, key, apply_calendar_import)

    def reject(self, request: HttpRequest, key: str) -> HttpResponse:
        """Somebody says no."""
        return self._decide(request, key, reject_calendar_import)

    def _decide(
        self, request: HttpRequest, key: str, verb: Callable[..., CalendarImport]
    ) -> HttpResponse:
        if request.method != "POST":
            raise PermissionDenied
        at: datetime = clock.now()
        try:
            found = verb(import_id=key, actor=str(request.user.pk), at=at)
        except NotFound as refusal:
            raise Http404(say(refusal)) from None
        except DomainError as refusal:
            messages.error(request, say(refusal))
        else:
            said = _("{file}: {status}; {count} installments moved.")
            messages.success(
                request,
                said.format(
                    file=found.file_name, status=found.get_status_display(), count=found.moved_count
                ),
            )
        return HttpResponseRedirect(reverse(_DETAIL, args=[key]))
