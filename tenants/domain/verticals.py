"""Ten trades as data. A platform starts from its trade's preset and then goes by its own figures.

Textile and pet are described by the operators of such platforms; the other eight are our assumption
from the same four questions: how long does money stay out, how seasonal, how big, how thin.
"""

from decimal import Decimal
from typing import Final

from platform_app.kernel.errors import gettext_noop
from tenants.errors import UnknownVertical
from tenants.values import Vertical

BULLET: Final = ("bullet_30", "bullet_60", "bullet_90")
FLAT: Final = "1.00 1.00 1.00 1.00 1.00 1.00 1.00 1.00 1.00 1.00 1.00 1.00"


def _season(text: str) -> tuple[Decimal, ...]:
    return tuple(Decimal(part) for part in text.split())


_ALL: Final = (
    Vertical(
        key="textile",
        name=gettext_noop("Textiles and apparel"),
        accent="#7C3AED",
        collection_days=75,
        stock_days=35,
        supplier_days=15,
        season=_season("0.80 0.60 1.30 1.20 0.95 0.80 0.75 1.05 1.35 1.25 1.05 0.90"),
        margin_rate=Decimal("0.12"),
        financed_share=Decimal("0.60"),
        term_options=("bullet_60", "bullet_90", "equal_3", "equal_6"),
        interest_free_days=0,
        grace_days=3,
        max_limit_minor=200_000_000,
        notes=gettext_noop(
            "Customers pay late and in big tickets, two strong seasons a year; buyers trust their "
            "salesperson, so the offer goes through salespeople; 60 and 90 days sell."
        ),
    ),
    Vertical(
        key="pet",
        name=gettext_noop("Pet supplies"),
        accent="#EA580C",
        collection_days=7,
        stock_days=25,
        supplier_days=0,
        season=_season(FLAT),
        margin_rate=Decimal("0.25"),
        financed_share=Decimal("0.40"),
        term_options=("bullet_30", "bullet_60", "equal_3"),
        interest_free_days=15,
        grace_days=3,
        max_limit_minor=20_000_000,
        notes=gettext_noop(
            "Small, frequent, online orders without a season; shops compare prices, so coupons and "
            "interest-free days work better than a higher limit."
        ),
    ),
    Vertical(
        key="hardware",
        name=gettext_noop("Hardware and tools"),
        accent="#475569",
        collection_days=45,
        stock_days=50,
        supplier_days=20,
        season=_season("0.85 0.60 1.20 1.15 1.10 1.00 0.95 0.95 1.10 1.10 1.05 0.95"),
        margin_rate=Decimal("0.18"),
        financed_share=Decimal("0.50"),
        term_options=(*BULLET, "equal_3", "equal_6"),
        interest_free_days=7,
        grace_days=3,
        max_limit_minor=80_000_000,
        notes=gettext_noop("Wide assortments turn slowly; limits follow stock, not sales peaks."),
    ),
    Vertical(
        key="agri",
        name=gettext_noop("Agricultural inputs"),
        accent="#15803D",
        collection_days=120,
        stock_days=30,
        supplier_days=30,
        season=_season("0.60 1.10 1.90 1.70 1.30 1.00 0.80 0.80 0.90 0.80 0.60 0.50"),
        margin_rate=Decimal("0.14"),
        financed_share=Decimal("0.60"),
        term_options=("bullet_90", "equal_6"),
        interest_free_days=0,
        grace_days=5,
        max_limit_minor=100_000_000,
        notes=gettext_noop(
            "Dealers sell on credit until harvest; a temporary limit before spring matters most."
        ),
    ),
    Vertical(
        key="catering",
        name=gettext_noop("Catering supply"),
        accent="#DC2626",
        collection_days=20,
        stock_days=7,
        supplier_days=7,
        season=_season("1.20 0.80 0.90 0.95 1.00 1.00 1.00 1.00 0.95 1.05 1.00 1.15"),
        margin_rate=Decimal("0.15"),
        financed_share=Decimal("0.40"),
        term_options=("bullet_30", "equal_3"),
        interest_free_days=10,
        grace_days=3,
        max_limit_minor=30_000_000,
        notes=gettext_noop("Daily small orders; short terms; a restaurant can close overnight."),
    ),
    Vertical(
        key="auto_parts",
        name=gettext_noop("Auto parts"),
        accent="#0369A1",
        collection_days=40,
        stock_days=60,
        supplier_days=30,
        season=_season("1.10 0.80 0.95 1.00 1.00 1.05 1.05 1.00 1.00 1.00 1.00 1.05"),
        margin_rate=Decimal("0.20"),
        financed_share=Decimal("0.50"),
        term_options=(*BULLET, "equal_3"),
        interest_free_days=7,
        grace_days=3,
        max_limit_minor=60_000_000,
        notes=gettext_noop("Garages pay when the insurer pays; returns are frequent."),
    ),
    Vertical(
        key="maternity",
        name=gettext_noop("Mother and baby"),
        accent="#DB2777",
        collection_days=10,
        stock_days=40,
        supplier_days=10,
        season=_season("0.95 0.85 1.00 1.00 1.05 1.15 0.95 0.95 1.00 1.00 1.15 0.95"),
        margin_rate=Decimal("0.16"),
        financed_share=Decimal("0.45"),
        term_options=("bullet_30", "bullet_60", "equal_3"),
        interest_free_days=15,
        grace_days=3,
        max_limit_minor=40_000_000,
        notes=gettext_noop("Promotion months in June and November; expiry dates limit stock."),
    ),
    Vertical(
        key="pharmacy",
        name=gettext_noop("Pharmacy and medical supplies"),
        accent="#0F766E",
        collection_days=90,
        stock_days=40,
        supplier_days=45,
        season=_season("1.15 1.00 1.00 0.95 0.90 0.90 0.90 0.95 1.00 1.00 1.10 1.15"),
        margin_rate=Decimal("0.13"),
        financed_share=Decimal("0.50"),
        term_options=(*BULLET, "equal_6"),
        interest_free_days=0,
        grace_days=5,
        max_limit_minor=150_000_000,
        notes=gettext_noop("Clinics wait for insurance payments; licences must be current."),
    ),
    Vertical(
        key="building",
        name=gettext_noop("Building materials"),
        accent="#B45309",
        collection_days=100,
        stock_days=30,
        supplier_days=20,
        season=_season("0.70 0.45 1.15 1.20 1.20 1.10 0.95 0.95 1.15 1.20 1.10 0.85"),
        margin_rate=Decimal("0.10"),
        financed_share=Decimal("0.50"),
        term_options=("bullet_60", "bullet_90", "equal_6", "equal_12"),
        interest_free_days=0,
        grace_days=3,
        max_limit_minor=200_000_000,
        notes=gettext_noop("Big project orders, payment hangs on the builder: watch few debtors."),
    ),
    Vertical(
        key="electronics",
        name=gettext_noop("Electronic components"),
        accent="#1D4ED8",
        collection_days=60,
        stock_days=30,
        supplier_days=30,
        season=_season("0.90 0.75 1.00 1.00 1.00 1.00 1.05 1.10 1.15 1.05 1.05 0.95"),
        margin_rate=Decimal("0.08"),
        financed_share=Decimal("0.55"),
        term_options=(*BULLET, "equal_3"),
        interest_free_days=0,
        grace_days=3,
        max_limit_minor=200_000_000,
        notes=gettext_noop("Thin margins and fast price moves: short terms protect both sides."),
    ),
)

VERTICALS: Final = {preset.key: preset for preset in _ALL}


def vertical(key: str) -> Vertical:
    """The preset of a trade. Raises UnknownVertical."""
    try:
        return VERTICALS[key]
    except KeyError:
        raise UnknownVertical(field="vertical", key=key) from None
