"""The hard stop: nothing is published, offered or quoted above a cap."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from credit.domain.caps import Finding, Judgement, Path, judge
from credit.domain.rates import percent
from credit.enums import CapSeverity
from credit.errors import CapExceeded, CapUnknown, PriceOutOfRange
from credit.models import ProductVersion
from credit.queries.caps import rules_in_force


def blocking(version: ProductVersion, found: Iterable[Path], *, on: date) -> Judgement:
    """Hold paths against the caps that refuse, for the version's lender and kind of product."""
    rules = rules_in_force(
        licence_type=version.funding_source.licence_type,
        product_kind=version.product.kind,
        on=on,
        severity=CapSeverity.BLOCK,
    )
    return judge(found, rules)


def stop(judgement: Judgement, *, field: str, on: date) -> None:
    """Raise CapExceeded or CapUnknown for the first block, if there is one."""
    for finding in judgement.blocks:
        raise refusal(finding, field=field, on=on)


def refusal(finding: Finding, *, field: str, on: date) -> CapExceeded | CapUnknown:
    """The refusal that a blocking finding stands for."""
    basis = finding.rule.basis if finding.rule else ""
    if finding.rule is None or finding.rule.cap is None or finding.path is None:
        return CapUnknown(field=field, on=on.isoformat(), basis=basis)
    rate = "∞" if finding.rate is None else str(percent(finding.rate))
    return CapExceeded(
        field=field,
        rate=rate,
        cap=str(percent(finding.rule.cap)),
        basis=basis,
        option=finding.path.option,
        late_days=finding.path.late_days,
    )


def check_range(version: ProductVersion, annual_rate: Decimal) -> None:
    """Raises PriceOutOfRange for a rate the version may not be sold at."""
    lowest, highest = version.lowest_rate, version.highest_rate
    if lowest is not None and not lowest <= annual_rate <= highest:
        raise PriceOutOfRange(
            field="annual_rate",
            rate=str(percent(annual_rate)),
            lowest=str(percent(lowest)),
            highest=str(percent(highest)),
        )
