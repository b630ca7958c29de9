"""What the product pages show: terms in words beside the published ones, the picture, the caps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credit.domain.caps import Finding, Path, Rule
from credit.domain.rates import percent
from credit.domain.terms import ProductTerms
from credit.interfaces.console.product_fields import TERM_FIELDS, option_words
from credit.interfaces.console.product_words import fee as fee_words
from credit.interfaces.console.product_words import rule as allocation_words
from credit.models import ProductVersion
from credit.queries.product_preview import Preview

WIDE: Final = 1000
HIGH: Final = 150
MOST_BAR: Final = 90


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a version's terms: what it says, and what the published version says."""

    label: str
    words: str
    before: str | None

    @property
    def is_changed(self) -> bool:
        return self.before is not None and self.before != self.words


@dataclass(frozen=True, slots=True)
class Bar:
    """One installment of the picture, in the units of its viewBox."""

    row: Any
    x: int
    middle: int
    width: int
    principal_y: int
    principal_high: int
    interest_y: int
    interest_high: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A rate on the scale of the cap bar."""

    name: str
    rate: Decimal | None
    x: int
    is_block: bool = False
    is_above: bool = False


def terms_in_words(version: ProductVersion, published: ProductVersion | None) -> list[Term]:
    """Every term, each beside the one in force when that is another version."""
    now = _words(version)
    other = published if published is not None and published.pk != version.pk else None
    before = _words(other) if other is not None else {}
    return [Term(label, words, before.get(label)) for label, words in now.items()]


def _words(version: ProductVersion) -> dict[str, str]:
    read = ProductTerms.from_json(version.terms)
    stored = read.to_json()
    low, high = version.lowest_rate, version.highest_rate
    words = {
        _("Lender"): version.funding_source.name,
        _("Annual rates it may be sold at"): _range(low, high),
        _("Ways to pay"): " / ".join(option_words(option) for option in read.options),
    }
    words |= {str(field.label): field.words(stored[field.name]) for field in TERM_FIELDS}
    words[_("Fees")] = " / ".join(fee_words(fee) for fee in read.fees) or _("None")
    for one in read.allocation:
        said = allocation_words(one)
        words[_("Clears: {payment}").format(payment=said.credit)] = str(said)
    return words


def _range(low: Decimal | None, high: Decimal | None) -> str:
    if low is None or high is None:
        return "—"
    return f"{percent(low)}%" if low == high else f"{percent(low)}% – {percent(high)}%"


def bars(shown: Preview) -> list[Bar]:
    """Installments side by side; principal below, interest on top, to one scale."""
    top = max(row.principal_minor + row.interest_minor for row in shown.rows)
    step = WIDE // len(shown.rows)
    width = min(MOST_BAR, step * 2 // 3)
    found = []
    for index, row in enumerate(shown.rows):
        principal = HIGH * row.principal_minor // top
        interest = max(HIGH * row.interest_minor // top, 2 if row.interest_minor else 0)
        middle = step * index + step // 2
        found.append(
            Bar(
                row=row,
                x=middle - width // 2,
                middle=middle,
                width=width,
                principal_y=HIGH - principal,
                principal_high=principal,
                interest_y=HIGH - principal - interest,
                interest_high=interest,
            )
        )
    return found


def cap_marks(shown: Preview) -> dict[str, list[Mark]]:
    """The three paths and the caps on one scale from zero to a little above the highest."""
    caps = [rule for rule in shown.rules if rule.cap is not None]
    rates = [path.apr.simple for path in shown.ways if path.apr is not None]
    top = max([*rates, *(rule.cap for rule in caps if rule.cap), Decimal("0.01")]) * Decimal("1.1")
    above = {id(f.path) for f in shown.judgement.findings if f.path and f.is_block}
    blocked = [rule.cap for rule in caps if rule.is_block and rule.cap]

    def at(rate: Decimal | None) -> int:
        return WIDE if rate is None else int(max(rate, Decimal(0)) / top * WIDE)

    def is_above(path: Path) -> bool:
        return id(path) in above or any(path.is_above(cap) for cap in blocked)

    ways = [
        Mark(way_name(path), path.apr.simple if path.apr else None,
             at(path.apr.simple if path.apr else None), is_above=is_above(path))
        for path in shown.ways
    ]  # fmt: skip
    return {
        "ways": ways,
        "caps": [Mark(rule.basis, rule.cap, at(rule.cap), rule.is_block) for rule in caps],
    }


def way_name(path: Path) -> str:
    """Which path this is, in words."""
    if not path.late_days:
        return _("Paid on time")
    words = ngettext("Paid {days} day late", "Paid {days} days late", path.late_days)
    return words.format(days=path.late_days)


def findings_in_words(found: Sequence[Finding], names: Mapping[str, str]) -> list[str]:
    """What the caps found, one sentence each; `names` are the options' codes in words."""
    return [_finding(finding, names) for finding in found]


def _finding(finding: Finding, names: Mapping[str, str]) -> str:
    rule = finding.rule
    if rule is None:
        return _("No cap is on record for this lender's licence on this day.")
    if finding.path is None or rule.cap is None:
        return _("No LPR is on record for this day, so this cap cannot be shown to hold: {basis}"
                 ).format(basis=rule.basis)  # fmt: skip
    rate = "∞" if finding.rate is None else f"{percent(finding.rate)}%"
    return _("{option}, {way}: {rate} a year, above {cap}% ({basis})").format(
        option=names[finding.path.option],
        way=way_name(finding.path),
        rate=rate,
        cap=percent(rule.cap),
        basis=rule.basis,
    )


def rule_words(rule: Rule) -> str:
    """A cap with the LPR it stands on."""
    if rule.multiple is None or rule.lpr is None:
        return rule.basis
    return _("{basis} (LPR {lpr}%)").format(basis=rule.basis, lpr=percent(rule.lpr))
