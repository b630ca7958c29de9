"""What every list of the console shares: a filter bar that lives in the URL, pages by cursor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

PAGE_SIZE: Final = 25
COUNTED_TO: Final = 10_000


class FilterForm(forms.Form):
    """A filter bar. What cannot be read filters nothing and says so under its field."""

    use_required_attribute = False

    def value(self, name: str) -> Any:
        """The cleaned value, or an empty one when it is missing or wrong."""
        self.is_valid()
        return self.cleaned_data.get(name) or ""

    @property
    def is_active(self) -> bool:
        """Whether anything is filtered at all."""
        return any(self.value(name) for name in self.fields)


class DateInput(forms.DateInput):
    """The browser's own date field."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any) -> forms.DateField:
    """An optional day, written 2026-12-05."""
    return forms.DateField(label=label, required=False, widget=DateInput())


def search_field(label: Any) -> forms.CharField:
    """An optional search word."""
    return forms.CharField(
        label=label,
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
    )


def choice_field(label: Any, choices: Sequence[tuple[Any, Any]]) -> forms.ChoiceField:
    """An optional choice; the empty one is “all”."""
    return forms.ChoiceField(label=label, required=False, choices=[("", _("All")), *choices])


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list, newest first. `next_after` is empty on the last one."""

    rows: list[Any]
    next_after: str
    is_first: bool
    total: int
    is_more_than_total: bool


def page(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE_SIZE) -> Page:
    """The page that the URL's `after` asks for, by id; an id that cannot be read is ignored.

    Counting stops at ten thousand: nobody pages further, and the database need not.
    """
    counted = rows.order_by()[: COUNTED_TO + 1].count()
    after = request.GET.get("after", "")
    ordered = rows.order_by("-pk")
    try:
        shown = list((ordered.filter(pk__lt=after) if after else ordered)[: size + 1])
    except ValueError:
        after, shown = "", list(ordered[: size + 1])
    more = len(shown) > size
    shown = shown[:size]
    return Page(
        rows=shown,
        next_after=str(shown[-1].pk) if more else "",
        is_first=not after,
        total=min(counted, COUNTED_TO),
        is_more_than_total=counted > COUNTED_TO,
    )
