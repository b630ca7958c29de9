"""The cost sheet of an offer and its items: what a merchant may be charged, and nothing else."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from credit.domain.cost_sheet import cost_sheet, item_codes
from credit.domain.fees import fees_of
from credit.domain.terms import ProductTerms, canonical_sha256
from credit.models import CostSheet, CostSheetItem, ProductVersion
from credit.queries.calendar import workday_test
from credit.queries.caps import lpr_on
from credit.queries.named_lenders import lenders_of
from platform_app.kernel import clock


def store_cost_sheet(
    *,
    version: ProductVersion,
    annual_rate: Decimal,
    option_codes: list[str],
    at: datetime,
    option_rates: Mapping[str, Decimal] | None = None,
) -> CostSheet:
    """Store the sheet of a version at a price, hashed, with one row for every cost it names.

    It keeps the one-year LPR of the day. Called inside the caller's transaction.
    """
    on = clock.day_of(at)
    lpr = lpr_on(on)
    body = cost_sheet(
        ProductTerms.from_json(version.terms),
        annual_rate=annual_rate,
        option_codes=option_codes,
        lenders=[(one.name, one.complaint_phone) for one in lenders_of(version)],
        on=on,
        is_workday=workday_test(),
        fees=fees_of(version.terms),
        lpr=(lpr.on, lpr.value) if lpr else None,
        option_rates=option_rates,
    )
    sheet = CostSheet.objects.create(body=body, sha256=canonical_sha256(body), at=at)
    CostSheetItem.objects.bulk_create(
        [CostSheetItem(cost_sheet=sheet, code=code) for code in item_codes(body)]
    )
    return sheet
