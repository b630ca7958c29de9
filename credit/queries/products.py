"""Products and their versions for people at a desk."""

from dataclasses import dataclass
from typing import Any, cast

from django.db.models import QuerySet

from credit.domain.terms import ProductTerms
from credit.enums import ProductStatus
from credit.errors import ProductVersionNotFound
from credit.models import FundingSource, Product, ProductVersion
from credit.values import NextAction
from platform_app.kernel import ids
from platform_app.kernel.errors import gettext_noop
from tenants.models import Member


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version of a list, with its terms read."""

    version: ProductVersion
    terms: ProductTerms


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product and its versions, newest first."""

    product: Product
    versions: list[VersionRow]

    @property
    def published(self) -> VersionRow | None:
        return self._first(ProductStatus.PUBLISHED)

    @property
    def in_work(self) -> VersionRow | None:
        return self._first(ProductStatus.DRAFT, ProductStatus.SUBMITTED)

    def _first(self, *statuses: str) -> VersionRow | None:
        return next((row for row in self.versions if row.version.status in statuses), None)


def list_products() -> list[ProductRow]:
    """Every product with every version: two statements."""
    rows: dict[str, list[VersionRow]] = {}
    for version in _versions().order_by("-number"):
        row = VersionRow(version, ProductTerms.from_json(version.terms))
        rows.setdefault(version.product_id, []).append(row)
    products = Product.objects.order_by("name", "id")
    return [ProductRow(product, rows.get(product.id, [])) for product in products]


def product_version(version_id: str) -> ProductVersion:
    """One version with its product and lender. Raises ProductVersionNotFound."""
    try:
        found = _versions().filter(pk=version_id).first()
    except ValueError:
        found = None
    if found is None:
        raise ProductVersionNotFound
    return cast("ProductVersion", found)


def published_version(product_id: str) -> ProductVersion | None:
    """The version in force, if there is one."""
    found: ProductVersion | None = (
        _versions().filter(product_id=product_id, status=ProductStatus.PUBLISHED).first()
    )
    return found


def funding_sources() -> list[tuple[str, str]]:
    """Id and name of every lender of the tenant, for a choice."""
    return list(FundingSource.objects.order_by("name").values_list("id", "name"))


def version_next_action(version: ProductVersion) -> NextAction | None:
    """What has to happen to a version, and by whom."""
    if version.status == ProductStatus.DRAFT:
        return NextAction(
            "partner",
            "submit_product_version",
            gettext_noop("Finish the draft and submit it for approval."),
        )
    if version.status == ProductStatus.SUBMITTED:
        return NextAction(
            "partner",
            "approve_product_version",
            gettext_noop("Another person has to approve or reject it."),
        )
    return None


def names_of(actors: list[str]) -> dict[str, str]:
    """What the members among these actors are called."""
    members = [actor for actor in set(actors) if _is_member(actor)]
    return dict(Member.objects.filter(pk__in=members).values_list("id", "name"))


def _is_member(actor: str) -> bool:
    try:
        ids.to_uuid("usr", actor)
    except ValueError:
        return False
    return True


def _versions() -> QuerySet[Any]:
    return ProductVersion.objects.select_related("product", "funding_source")
