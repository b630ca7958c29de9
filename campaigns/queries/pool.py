"""Who is in the pool, how far they have come, and how the files fared."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, QuerySet

from campaigns.enums import PoolImportStatus, PoolStatus, PoolTier
from campaigns.models import PoolImport, PoolImportError, PoolMember
from platform_app.kernel.errors import NotFound

# A member is covered from the moment somebody has spoken to it, or it came by itself.
COVERED: Final = (PoolStatus.INVITED, PoolStatus.APPLIED, PoolStatus.ACTIVE, PoolStatus.DORMANT)
TAKEN: Final = (PoolImportStatus.WAITING, PoolImportStatus.RUNNING, PoolImportStatus.DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TierCoverage:
    """One tier (empty: none said): members by status; those taken out are in no share."""

    tier: str
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(n for status, n in self.counts.items() if status != PoolStatus.REMOVED)

    @property
    def covered(self) -> int:
        return sum(self.counts[status] for status in COVERED)

    @property
    def share(self) -> float | None:
        """Covered of all; None where there is nobody."""
        return self.covered / self.total if self.total else None


def pool_import(import_id: str) -> PoolImport:
    """One import with its progress. Raises NotFound."""
    found = _by_id(list_pool_imports(), import_id)
    if found is None:
        raise NotFound(noun="pool import")
    return found  # type: ignore[no-any-return]


def taken_import(sha256: str) -> PoolImport | None:
    """The import that took in exactly these bytes, or is about to."""
    return PoolImport.objects.filter(sha256=sha256, status__in=TAKEN).first()


def list_pool_imports() -> QuerySet[Any]:
    """The platform's imports."""
    rows: QuerySet[Any] = PoolImport.objects.all()
    return rows


def newest_import() -> PoolImport | None:
    """The import handed in last."""
    return PoolImport.objects.order_by("-id").first()


def list_pool_import_errors(import_id: str) -> QuerySet[Any]:
    """The kept refused rows of one import (the first ten thousand), by line."""
    return PoolImportError.objects.filter(pool_import_id=import_id).order_by("line_no", "id")


def pool_member(member_id: str) -> PoolMember:
    """One member. Raises NotFound."""
    found = _by_id(list_pool_members(), member_id)
    if found is None:
        raise NotFound(noun="pool member")
    return found  # type: ignore[no-any-return]


def list_pool_members(
    *,
    tier: str = "",
    status: str = "",
    external_id: str = "",
    search: str = "",
    updated_since: datetime | None = None,
) -> QuerySet[Any]:
    """Members, narrowed by what is not empty; `search` is the beginning of the number."""
    rows: QuerySet[Any] = PoolMember.objects.all()
    said = {
        "tier": tier, "status": status, "external_id": external_id,
        "external_id__startswith": search, "changed_at__gte": updated_since,
    }  # fmt: skip
    return rows.filter(**{name: value for name, value in said.items() if value})


def tier_coverage() -> list[TierCoverage]:
    """Each tier in order, those without one last: one statement."""
    counted = PoolMember.objects.values("tier", "status").annotate(count=Count("id")).order_by()
    found = {(row["tier"], row["status"]): row["count"] for row in counted}
    return [
        TierCoverage(
            tier=tier,
            counts={status: found.get((tier, status), 0) for status in PoolStatus.values},
        )
        for tier in (*PoolTier.values, "")
    ]


def _by_id(rows: QuerySet[Any], row_id: str) -> Any:
    try:
        return rows.filter(pk=row_id).first()
    except ValueError:
        return None
