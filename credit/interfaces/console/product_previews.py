"""What a product would cost, for a version as stored and for a draft as it is being typed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from credit.interfaces.console import product_pages
from credit.interfaces.console.product_fields import option_words
from credit.interfaces.console.product_forms import PERCENT, Editor, PreviewForm
from credit.models import FundingSource, ProductVersion
from credit.operations.product_versions import checked_terms
from credit.queries import portfolio
from credit.queries.product_preview import preview
from platform_app.kernel.errors import DomainError
from platform_app.kernel.http import say


def stored_preview(data: Mapping[str, Any], version: ProductVersion) -> dict[str, Any]:
    """The form of the preview and, if it can be read, what it shows."""
    return _shown(data, version, version.terms, version.highest_rate, version.funding_source)


def typed_preview(data: Mapping[str, Any], editor: Editor) -> dict[str, Any]:
    """The same of what is being typed and not saved; what contradicts itself is said instead."""
    version = editor.version
    context: dict[str, Any] = {"version": version, "shown": None}
    if not editor.is_valid():
        wait = _("Some fields above are not complete yet. The price appears once they are.")
        return context | {"problem": wait}
    try:
        terms = checked_terms(editor.terms())
    except DomainError as refusal:
        return context | {"problem": say(refusal)}
    facts = editor.form.facts
    lender = FundingSource.objects.get(pk=facts["funding_source_id"])
    return _shown(data, version, terms, facts["highest_rate"], lender)


def _shown(
    data: Mapping[str, Any],
    version: ProductVersion,
    terms: dict[str, Any],
    highest_rate: Decimal | None,
    lender: FundingSource,
) -> dict[str, Any]:
    on = portfolio.business_today()
    form = PreviewForm(data, terms=terms, highest_rate=highest_rate, on=on)
    context: dict[str, Any] = {"version": version, "preview_form": form, "shown": None}
    if not form.is_valid():
        return context
    asked = form.cleaned_data
    shown = preview(
        terms,
        licence_type=lender.licence_type,
        product_kind=version.product.kind,
        option_code=asked["option"],
        annual_rate=asked["rate"] / PERCENT,
        amount_minor=int(asked["amount"].scaleb(2)),
        on=asked["on"],
    )
    options = {option.code: option_words(option) for option in form.options}
    return context | {
        "shown": shown,
        "option": option_words(shown.terms.option),
        "bars": product_pages.bars(shown),
        "marks": product_pages.cap_marks(shown),
        "rules": [(rule, product_pages.rule_words(rule)) for rule in shown.rules],
        "found_blocks": product_pages.findings_in_words(shown.judgement.blocks, options),
        "found_warnings": product_pages.findings_in_words(shown.judgement.warnings, options),
    }
