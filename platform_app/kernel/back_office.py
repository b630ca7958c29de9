"""What every page of the admin has in common: platform scope, rows that are only read, acts.

No row is added, changed or deleted here. What staff may do, they do through an app's operation,
inside the row's tenant, and the audit chain says so.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar, Final

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.http import HttpRequest
from django.template.response import SimpleTemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from platform_app.kernel import audit, clock, crypto
from platform_app.kernel.errors import DomainError
from platform_app.kernel.fields import PublicIdField
from platform_app.kernel.http import say
from platform_app.kernel.money import format_yuan
from platform_app.kernel.tenancy import platform_scope, tenant_scope

Column = Callable[[Any], Any]
_MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": crypto.mask_name,
    "phone": crypto.mask_phone,
    "email": crypto.mask_tail,
    "address": crypto.mask_tail,
}


class BackOffice(admin.AdminSite):
    """Every view runs in one platform-wide transaction, rendering included."""

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002 -- Django's signature
        @wraps(view)
        def scoped(*args: Any, **kwargs: Any) -> Any:
            with platform_scope():
                response = view(*args, **kwargs)
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # its queries belong inside the scope
            return response

        return super().admin_view(scoped, cacheable)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take in pages that only show rows; those that write (Django's groups) stay out."""
        if admin_class is not None and issubclass(admin_class, RowsAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def tenant_names(self) -> list[tuple[str, str]]:
        """Id and name of every tenant, for the filter."""
        raise NotImplementedError

    def with_tenant_name(self, rows: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """`rows` with `tenant_name`."""
        raise NotImplementedError


class TenantFilter(admin.SimpleListFilter):
    title = _("tenant")
    parameter_name = "tenant"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 -- Django's signature
        names: list[tuple[str, str]] = model_admin.admin_site.tenant_names()
        return names

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Any]) -> Any:  # noqa: ARG002 -- Django's signature
        known = {key for key, _name in self.lookup_choices}
        return queryset.filter(tenant_id=self.value()) if self.value() in known else queryset


class RowsAdmin(admin.ModelAdmin[Any]):
    """Look, do not touch. Sealed columns are left out, personal data is masked.

    `hidden` names columns that are not shown at all; `masked` gives a column its mask. Searching
    for a whole public id finds the row that has it and the rows that refer to it.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    masked: ClassVar[Mapping[str, Column]] = {}
    search_fields: ClassVar[tuple[str, ...]] = ("pk",)
    search_help_text = _("A whole id, or text.")
    list_per_page = 50
    show_full_result_count = False
    actions_on_bottom = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- Django's signature
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- Django's signature
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 -- Django's signature
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_act_permission(self, request: HttpRequest) -> bool:
        """Actions name this permission; seeing the table is enough to have it."""
        return self.admin_site.has_permission(request)

    def get_list_display(self, request: HttpRequest) -> Any:  # noqa: ARG002 -- Django's signature
        return [self._column(name) for name in self.list_display]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 -- Django's signature
        shown = [
            field.name
            for field in self.model._meta.concrete_fields
            if field.name not in self.hidden and not isinstance(field, models.BinaryField)
        ]
        return [self._column(name) for name in shown]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:  # fmt: skip
        """Headed by the id: what a row calls itself may be somebody's name."""
        heading = {"subtitle": object_id and unquote(object_id)}
        return super().changeform_view(
            request, object_id, form_url, heading | (extra_context or {})
        )

    def get_urls(self) -> list[Any]:
        """Without Django's history of edits: there are none."""
        return [url for url in super().get_urls() if not str(url.name).endswith("_history")]

    @admin.display(description=_("chosen"))
    def action_checkbox(self, obj: Any) -> Any:
        label = _("Choose {id}").format(id=obj.pk)
        box = forms.CheckboxInput({"class": "action-select", "aria-label": label}, lambda _: False)
        return box.render(ACTION_CHECKBOX_NAME, str(obj.pk))

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        term = search_term.strip()
        places = [
            field.attname
            for field in self.model._meta.concrete_fields
            if term.rpartition("_")[0] == _prefix(field) != ""
        ]
        if places:
            try:
                found = models.Q.create([(place, term) for place in places], connector=models.Q.OR)
                return queryset.filter(found), False
            except ValueError:
                return queryset.none(), False
        if term and self.search_fields == ("pk",):
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def _column(self, name: Any) -> Any:
        if name in self.masked:
            return _shown(name, name.replace("_", " "), self.masked[name])
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return name
        if isinstance(field, models.ForeignKey):
            return _shown(name, field.verbose_name, _reference(field), field.attname)
        if isinstance(field, models.JSONField):
            return _shown(name, field.verbose_name, lambda row: _json(getattr(row, name)))
        if name.endswith("_minor"):
            return _shown(name, field.verbose_name, lambda row: _yuan(getattr(row, name)), name)
        return name


class TenantRowsAdmin(RowsAdmin):
    """Rows of all tenants, each with its tenant's name; one tenant's by the filter."""

    list_filter: ClassVar[tuple[Any, ...]] = (TenantFilter,)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        site = self.admin_site
        assert isinstance(site, BackOffice)  # noqa: S101 -- the only site that rows are shown on
        return site.with_tenant_name(super().get_queryset(request))

    @admin.display(description=_("tenant"), ordering="tenant_id")
    def tenant(self, row: Any) -> str:
        return str(row.tenant_name)


def act(
    request: HttpRequest, rows: Iterable[Any], name: str, verb: Callable[[Any, str, datetime], Any]
) -> None:
    """Do `verb(row, actor, at)` to each row inside its tenant, audited as `admin.<name>`.

    Each row on its own: a refusal is shown, leaves its row untouched, and does not stop the others.
    """

    def audited(row: Any, actor: str, at: datetime) -> None:
        with tenant_scope(row.tenant_id):
            verb(row, actor, at)
            audit.record(actor=actor, action=f"admin.{name}", subject=row.pk, at=at)

    act_on_reference(request, rows, audited)


def act_on_reference(
    request: HttpRequest, rows: Iterable[Any], verb: Callable[[Any, str, datetime], Any]
) -> None:
    """Do `verb(row, actor, at)` to each row of a table that belongs to no tenant.

    There is no chain to audit it in: such rows say themselves who did what to them.
    """
    actor, at, done = str(request.user.pk), clock.now(), 0
    for row in list(rows.order_by("pk") if isinstance(rows, models.QuerySet) else rows):
        try:
            with transaction.atomic():
                verb(row, actor, at)
        except DomainError as refusal:
            messages.error(request, f"{row.pk}: {say(refusal)}")
        else:
            done += 1
    if done:
        messages.success(
            request, ngettext("Done for {n} row.", "Done for {n} rows.", done).format(n=done)
        )


def _shown(name: str, label: Any, column: Column, ordering: str | None = None) -> Column:
    @admin.display(description=label, ordering=ordering)
    def shown(row: Any) -> Any:
        return column(row)

    shown.__name__ = name
    return shown


def _reference(field: Any) -> Column:
    meta = field.related_model._meta

    def link(row: Any) -> Any:
        key = getattr(row, field.attname)
        if key is None:
            return None
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(key)])
        return format_html('<a href="{}">{}</a>', address, key)

    return link


def _prefix(field: Any) -> str:
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    return target.prefix if isinstance(target, PublicIdField) else ""


def _yuan(minor: int | None) -> str | None:
    return None if minor is None else format_yuan(minor)


def _json(value: Any) -> Any:
    text = json.dumps(_without_people(value), ensure_ascii=False, indent=2, sort_keys=True)
    return format_html("<pre>{}</pre>", text)


def _without_people(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: _MASKS[key](item)
            if key in _MASKS and isinstance(item, str)
            else _without_people(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_without_people(item) for item in value]
    return value
