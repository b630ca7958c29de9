"""Who may fund a drawdown: every partnership judged, the reasons kept for those that may not.

The rules are those of the licences and of the lenders' own contracts. What the law says here is an
assumption until counsel has confirmed it: the two tables below are the place to correct it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from credit.enums import FundingRole, FundingStatus, LicenceType, ListingStatus, ProductKind
from platform_app.kernel.errors import gettext_noop

# What each licence may be used for.
PERMITTED: Final[Mapping[str, frozenset[str]]] = {
    LicenceType.BANK: frozenset({ProductKind.LOAN, ProductKind.FACTORING}),
    LicenceType.CONSUMER_FINANCE: frozenset({ProductKind.LOAN}),
    LicenceType.MICROLOAN: frozenset({ProductKind.LOAN}),
    LicenceType.TRUST: frozenset({ProductKind.LOAN}),
    LicenceType.FACTORING: frozenset({ProductKind.FACTORING}),
    LicenceType.NONE: frozenset({ProductKind.TRADE_CREDIT}),
}
# A consumer finance company lends to people, not to firms.
BORROWERS: Final[Mapping[str, frozenset[str]]] = {
    LicenceType.CONSUMER_FINANCE: frozenset({"natural_person"}),
}
# Whose head office has to have us on its list of partner platforms.
LISTING_NEEDED: Final = frozenset(
    {LicenceType.BANK, LicenceType.CONSUMER_FINANCE, LicenceType.TRUST}
)
# In joint lending each partner of the lead carries at least this part of every loan.
LEAST_JOINT_SHARE: Final = Decimal("0.30")
REVIEW_ALERT: Final = timedelta(days=60)

MESSAGES: Final[Mapping[str, str]] = {
    "partnership_inactive": gettext_noop("The partnership is not active."),
    "partnership_dates": gettext_noop("The partnership does not run on this day."),
    "lender_not_named": gettext_noop("The merchant's contract does not name this lender."),
    "lead_is_co_lender": gettext_noop("{source} may take part, but not lead."),
    "listing_missing": gettext_noop("The lender does not list us as a partner platform."),
    "listing_review_overdue": gettext_noop("The lender's review of our listing is overdue."),
    "joint_share_too_low": gettext_noop("{source} carries less than three tenths of the loan."),
    "share_below_minimum": gettext_noop("{source}'s part is below the least of the contract."),
    "source_inactive": gettext_noop("{source} is not active."),
    "source_dates": gettext_noop("{source} does not lend on this day."),
    "licence_not_permitted": gettext_noop("{source}'s licence does not permit this product."),
    "borrower_not_permitted": gettext_noop("{source}'s licence does not permit this borrower."),
    "product_kind_not_allowed": gettext_noop("{source} does not fund this product."),
    "source_cap_full": gettext_noop("{source} has no room left under its cap."),
    "merchant_cap_full": gettext_noop("{source} has no room left for this merchant."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """A funding source as it stands: amounts in fen, `used` includes orders held."""

    id: str
    name: str
    role: str
    licence_type: str
    status: str
    from_on: date | None
    to_on: date | None
    product_kinds: tuple[str, ...]
    cap_minor: int | None
    used_minor: int
    per_merchant_cap_minor: int | None
    merchant_used_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """A source's part of the drawdown: of the principal, as a fraction and in fen."""

    source: SourceFacts
    fraction: Decimal
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A partnership that might fund the drawdown; `rank` is None when no contract names its lead.

    The first of `parties` leads.
    """

    partnership_id: str
    name: str
    status: str
    from_on: date
    to_on: date | None
    listing_status: str
    review_due_on: date | None
    least_share_minor: int
    rank: int | None
    parties: tuple[PartyFacts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is to be funded."""

    product_kind: str
    borrower_kind: str
    on: date


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a stable code, and the source it is about (none: the partnership itself)."""

    code: str
    source_id: str = ""
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A partnership that may not fund the drawdown, with every reason."""

    partnership_id: str
    name: str
    reasons: tuple[Reason, ...]

    def to_json(self) -> dict[str, Any]:
        """The form a funding decision keeps."""
        return {
            "partnership": self.partnership_id,
            "name": self.name,
            "reasons": [
                {"code": one.code, "source": one.source_id, "source_name": one.source_name}
                for one in self.reasons
            ],
        }


@dataclass(frozen=True, slots=True)
class Judged:
    """Who may, best first, and who may not."""

    eligible: tuple[Candidate, ...] = ()
    refusals: tuple[Refusal, ...] = field(default=())


def judge_all(case: Case, candidates: Iterable[Candidate]) -> Judged:
    """Judge every candidate. Lenders go in the order the contract names them, then by age."""
    eligible: list[Candidate] = []
    refusals: list[Refusal] = []
    for one in sorted(candidates, key=_order):
        reasons = judge(case, one)
        if reasons:
            refusals.append(Refusal(one.partnership_id, one.name, reasons))
        else:
            eligible.append(one)
    return Judged(tuple(eligible), tuple(refusals))


def judge(case: Case, one: Candidate) -> tuple[Reason, ...]:
    """Every reason why this partnership may not fund the case; none when it may."""
    return (*_of_the_contract(case, one), *(r for p in one.parties for r in _of_a_party(case, p)),
            *_of_the_parts(one))  # fmt: skip


def is_review_near(review_due_on: date | None, on: date) -> bool:
    """Whether a listing's review is due within sixty days, or overdue."""
    return review_due_on is not None and review_due_on <= on + REVIEW_ALERT


def _order(one: Candidate) -> tuple[bool, int, str]:
    return one.rank is None, one.rank or 0, one.partnership_id


def _of_the_contract(case: Case, one: Candidate) -> Iterator[Reason]:
    lead = one.parties[0].source
    if one.status != FundingStatus.ACTIVE:
        yield Reason("partnership_inactive")
    if not _runs(one.from_on, one.to_on, case.on):
        yield Reason("partnership_dates")
    if one.rank is None:
        yield Reason("lender_not_named")
    if lead.role != FundingRole.LENDER:
        yield Reason("lead_is_co_lender", lead.id, lead.name)
    if any(party.source.licence_type in LISTING_NEEDED for party in one.parties):
        if one.listing_status != ListingStatus.LISTED:
            yield Reason("listing_missing")
        elif one.review_due_on is not None and one.review_due_on < case.on:
            yield Reason("listing_review_overdue")


def _of_a_party(case: Case, party: PartyFacts) -> Iterator[Reason]:
    source = party.source
    facts = (source.id, source.name)
    if source.status != FundingStatus.ACTIVE:
        yield Reason("source_inactive", *facts)
    if not _runs(source.from_on, source.to_on, case.on):
        yield Reason("source_dates", *facts)
    if case.product_kind not in PERMITTED[source.licence_type]:
        yield Reason("licence_not_permitted", *facts)
    if case.borrower_kind not in BORROWERS.get(source.licence_type, {case.borrower_kind}):
        yield Reason("borrower_not_permitted", *facts)
    if source.product_kinds and case.product_kind not in source.product_kinds:
        yield Reason("product_kind_not_allowed", *facts)
    if _is_full(source.cap_minor, source.used_minor, party.amount_minor):
        yield Reason("source_cap_full", *facts)
    if _is_full(source.per_merchant_cap_minor, source.merchant_used_minor, party.amount_minor):
        yield Reason("merchant_cap_full", *facts)


def _of_the_parts(one: Candidate) -> Iterator[Reason]:
    if len(one.parties) == 1:
        return
    for place, party in enumerate(one.parties):
        facts = (party.source.id, party.source.name)
        if place and party.fraction < LEAST_JOINT_SHARE:
            yield Reason("joint_share_too_low", *facts)
        if party.amount_minor < one.least_share_minor:
            yield Reason("share_below_minimum", *facts)


def _runs(from_on: date | None, to_on: date | None, on: date) -> bool:
    return (from_on is None or from_on <= on) and (to_on is None or on <= to_on)


def _is_full(cap_minor: int | None, used_minor: int, amount_minor: int) -> bool:
    return cap_minor is not None and used_minor + amount_minor > cap_minor
