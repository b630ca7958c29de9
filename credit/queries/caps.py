"""The caps in force on a day, and the LPR they stand on."""

from datetime import date
from decimal import Decimal

from django.db.models import DateField, OuterRef, Q, Subquery, Value

from credit.domain.caps import Judgement, Rule, judge, product_paths
from credit.domain.cost_sheet import SAMPLE_MINOR
from credit.domain.fees import fees_of
from credit.domain.terms import ProductTerms
from credit.enums import CapKind, CapSeverity, LprTerm
from credit.models import CapRule, LprRate, ProductVersion
from credit.queries.calendar import workday_test


def rules_in_force(
    *, licence_type: str, product_kind: str, on: date, severity: str | None = None
) -> list[Rule]:
    """The caps for one licence and kind of product on a day, lowest first; one statement."""
    lpr = LprRate.objects.filter(term=LprTerm.ONE_YEAR, on__lte=OuterRef("day")).order_by("-on")
    rows = CapRule.objects.filter(
        Q(to_on__isnull=True) | Q(to_on__gt=on),
        licence_type=licence_type,
        product_kind__in=["", product_kind],
        from_on__lte=on,
    ).annotate(day=Value(on, output_field=DateField()), lpr=Subquery(lpr.values("value")[:1]))
    if severity is not None:
        rows = rows.filter(severity=severity)
    rules = [_rule(row) for row in rows.order_by("id")]
    return sorted(rules, key=lambda rule: (rule.cap is not None, rule.cap or Decimal(0)))


def judge_version(version: ProductVersion, *, on: date) -> Judgement:
    """All options of a version over the price range it may be sold at, on every path."""
    product = ProductTerms.from_json(version.terms)
    found = product_paths(
        product,
        fees=fees_of(version.terms),
        rates=[rate for rate in (version.lowest_rate, version.highest_rate) if rate is not None],
        option_codes=[option.code for option in product.options],
        amounts_minor=[product.minimum_minor, SAMPLE_MINOR],
        value_on=on,
        is_workday=workday_test(),
    )
    rules = rules_in_force(
        licence_type=version.funding_source.licence_type, product_kind=version.product.kind, on=on
    )
    return judge(found, rules)


def lpr_on(on: date) -> LprRate | None:
    """The one-year LPR in force on a day, or None when none is known for it."""
    rows = LprRate.objects.filter(term=LprTerm.ONE_YEAR, on__lte=on)
    found: LprRate | None = rows.order_by("-on").first()
    return found


def _rule(row: CapRule) -> Rule:
    is_multiple = row.kind == CapKind.LPR_MULTIPLE
    lpr: Decimal | None = getattr(row, "lpr", None) if is_multiple else None
    cap = row.value if not is_multiple else None if lpr is None else row.value * lpr
    return Rule(
        cap=cap,
        is_block=row.severity == CapSeverity.BLOCK,
        licence_type=row.licence_type,
        basis=row.basis,
        source=row.source,
        lpr=lpr,
        multiple=row.value if is_multiple else None,
    )
