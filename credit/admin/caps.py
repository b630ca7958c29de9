"""Caps and LPR in the back office, and the changes that two people make to them."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from credit import models
from credit.enums import ReferenceKind
from credit.forms import FORMS, ReasonForm, payload_of
from credit.operations.reference_changes import (
    approve_reference_change,
    propose_reference_change,
    reject_reference_change,
)
from platform_app.kernel import clock
from platform_app.kernel.back_office import RowsAdmin, act_on_reference
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say


@admin.register(models.LprRate)
class LprRateAdmin(RowsAdmin):
    list_display = ("id", "term", "on", "value", "source_url", "notice", "change")


@admin.register(models.CapRule)
class CapRuleAdmin(RowsAdmin):
    list_display = (
        "id", "licence_type", "product_kind", "from_on", "to_on", "kind", "value", "severity",
        "basis", "change",
    )  # fmt: skip
    list_filter = ("licence_type", "severity")


@admin.register(models.ReferenceChange)
class ReferenceChangeAdmin(RowsAdmin):
    """Proposed by one person on a page of its own, decided by another from the list."""

    list_display = (
        "id", "kind", "status", "reason", "proposed_by", "proposed_at", "approved_by",
        "rejected_by", "applied_at",
    )  # fmt: skip
    list_filter = ("kind", "status")
    actions = ("approve", "reject")

    @admin.action(
        description=_("Approve and apply what somebody else proposed"), permissions=["act"]
    )
    def approve(self, request: HttpRequest, queryset: QuerySet[models.ReferenceChange]) -> None:
        act_on_reference(
            request, queryset,
            lambda row, actor, at: approve_reference_change(change_id=row.pk, actor=actor, at=at),
        )  # fmt: skip

    @admin.action(description=_("Reject, saying why"), permissions=["act"])
    def reject(
        self, request: HttpRequest, queryset: QuerySet[models.ReferenceChange]
    ) -> HttpResponse | None:
        form = ReasonForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            context = {"form": form, "rows": queryset, "action": "reject"}
            return self._page(request, "reject", gettext("Reject"), context)
        why = form.cleaned_data["reason"]
        act_on_reference(
            request, queryset,
            lambda row, actor, at: reject_reference_change(
                change_id=row.pk, reason=why, actor=actor, at=at
            ),
        )  # fmt: skip
        return None

    def get_urls(self) -> list[Any]:
        propose = self.admin_site.admin_view(self.propose)
        name = "credit_referencechange_propose"
        return [path("propose/<str:kind>/", propose, name=name), *super().get_urls()]

    def propose(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The form of one table; what is sent becomes a proposed change."""
        if kind not in FORMS:
            raise Http404
        form = FORMS[kind](request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                change = propose_reference_change(
                    kind=kind, payload=payload_of(form), reason=form.cleaned_data["reason"],
                    actor=str(request.user.pk), at=clock.now(),
                )  # fmt: skip
            except DomainError as refusal:
                field = refusal.field if refusal.field in form.fields else None
                form.add_error(field, say(refusal))
            else:
                said = gettext("Proposed as {id}. It stands when another person has approved it.")
                messages.success(request, said.format(id=change.pk))
                return HttpResponseRedirect(reverse("admin:credit_referencechange_changelist"))
        title = gettext("Propose a change: {table}").format(table=ReferenceKind(kind).label)
        return self._page(request, "propose", title, {"form": form})

    def _page(
        self, request: HttpRequest, name: str, title: str, context: dict[str, Any]
    ) -> TemplateResponse:
        about = {"title": title, "opts": self.model._meta}
        return TemplateResponse(
            request, f"admin/credit/referencechange/{name}.html",
            {**self.admin_site.each_context(request), **about, **context},
            status=422 if context["form"].errors else 200,
        )  # fmt: skip
