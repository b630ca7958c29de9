"""Frozen values tenants hands out and takes in."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from platform_app.kernel.scope import LIVE, Mode

PERSON_ROLES: Final = ("legal_representative", "applicant", "finance_contact")
LOCALES: Final = ("zh-hans", "en")
# What confirms every number where nothing is sent: virtual platforms (sandbox, tests) and the demo.
VIRTUAL_CODE: Final = "000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vertical:
    """A trade's habits: where limits, terms and prices start before a platform has its own data.

    Days are calendar days, rates decimal fractions, `season` twelve monthly factors (mean 1).
    """

    key: str
    name: str
    accent: str
    collection_days: int
    stock_days: int
    supplier_days: int
    season: tuple[Decimal, ...]
    margin_rate: Decimal
    financed_share: Decimal
    term_options: tuple[str, ...]
    interest_free_days: int
    grace_days: int
    max_limit_minor: int
    notes: str

    @property
    def cash_gap_days(self) -> int:
        """Days between paying the supplier and being paid: stock + collection - supplier credit."""
        return max(0, self.stock_days + self.collection_days - self.supplier_days)


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order as the platform reports it; `amount_minor` in fen, `ordered_on` in Shanghai."""

    order_no: str
    merchant_no: str
    ordered_on: date
    quantity: int
    amount_minor: int
    status: str = "placed"
    category: str = ""
    merchant_name: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    """Why a line did not go in. `reason` is bilingual, `raw` the line as it stood (shortened)."""

    line_no: int
    code: str
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the rows: new orders, new revisions, and rows that said nothing new."""

    created: int = 0
    revised: int = 0
    repeated: int = 0

    def __add__(self, other: "ImportCounts") -> "ImportCounts":
        return ImportCounts(
            self.created + other.created,
            self.revised + other.revised,
            self.repeated + other.repeated,
        )


@dataclass(frozen=True, slots=True)
class ConsentText:
    """A text as it is shown: version, locale, and the SHA-256 of exactly these words."""

    code: str
    version: str
    locale: str
    title: str
    text: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """A person in clear: only ever the answer to a recorded reveal."""

    role: str
    name: str
    phone: str
    identity_no: str = ""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who signed a partner request. `caller_id` survives key rotation; `actor` names the key."""

    tenant_id: str
    key_id: str
    scopes: frozenset[str] = field(default_factory=frozenset)
    mode: Mode = LIVE

    @property
    def caller_id(self) -> str:
        return self.tenant_id

    @property
    def actor(self) -> str:
        return self.key_id

    @property
    def pk(self) -> str:
        return self.key_id

    @property
    def is_authenticated(self) -> bool:
        return True
