"""The lenders a merchant is told of when it signs: the version's own first, then by rank."""

from credit.models import FundingSource, NamedLender, ProductVersion


def lenders_of(version: ProductVersion) -> list[FundingSource]:
    """Every lender named in a version's contract, its own first: one statement for the others."""
    rows = NamedLender.objects.filter(product_version=version)
    others = rows.exclude(funding_source=version.funding_source_id).select_related("funding_source")
    return [version.funding_source, *(row.funding_source for row in others.order_by("rank", "id"))]


def further_lenders(version: ProductVersion) -> list[tuple[str, str]]:
    """Id and name of every lender the version does not name yet, for a choice."""
    named = NamedLender.objects.filter(product_version=version).values("funding_source_id")
    rows = FundingSource.objects.exclude(pk__in=named).exclude(pk=version.funding_source_id)
    return list(rows.order_by("name", "id").values_list("id", "name"))
