"""A policy's price table against the caps in force: handed in to risk when the process starts."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from credit.domain.caps import paths
from credit.domain.cost_sheet import SAMPLE_MINOR
from credit.domain.fees import fees_of
from credit.domain.terms import DrawdownTerms, ProductTerms
from credit.enums import ProductStatus
from credit.models import ProductVersion
from credit.operations.caps import blocking, check_range, stop
from credit.queries.calendar import workday_test
from platform_app.kernel import clock
from risk.queries.term_rates import rate_for


def check_policy_prices(
    lowest: Mapping[str, Decimal], highest: Mapping[str, Decimal], at: datetime
) -> None:
    """Every option of every published product at the highest rate of its term, on time and late.

    The all-in rate is that of the cash flows with fees, after rounding to the fen. Raises
    PriceOutOfRange for a rate the product may not be sold at, CapExceeded, or CapUnknown when a
    cap's LPR is not known.
    """
    on, is_workday = clock.day_of(at), workday_test()
    versions = ProductVersion.objects.select_related("funding_source", "product")
    for version in versions.filter(status=ProductStatus.PUBLISHED).order_by("id"):
        product, fees = ProductTerms.from_json(version.terms), fees_of(version.terms)
        for option in product.options:
            for rates in (lowest, highest):
                check_range(version, rate_for(rates, option.nominal_days, Decimal(0)))
        found = [
            path
            for option in product.options
            for amount_minor in sorted({product.minimum_minor, SAMPLE_MINOR})
            for path in paths(
                DrawdownTerms.of(
                    product, option.code, rate_for(highest, option.nominal_days, Decimal(0))
                ),
                fees=fees, amount_minor=amount_minor, value_on=on, is_workday=is_workday,
            )
        ]  # fmt: skip
        stop(blocking(version, found, on=on), field="term_price", on=on)
