"""What a person calls a fact, and in what it is counted."""

from typing import Final

from platform_app.kernel.errors import gettext_noop as _
from risk.domain.feature_set import COUNT, DAYS, FACTOR, LETTER, MONEY, SHARE
from risk.domain.features import FEATURES
from risk.enums import FeatureUse

__all__ = ["COUNT", "DAYS", "FACTOR", "FACT_WORDS", "LETTER", "MONEY", "SHARE", "TERM_WORDS"]

# Name of the fact: what it is called, what it is counted in. The order is that of the pages.
FACT_WORDS: Final[dict[str, tuple[str, str]]] = {
    one.key: (one.label, one.unit) for one in FEATURES if one.may(FeatureUse.DECISION)
} | {
    "score": (_("Score"), COUNT),
    "pd": (_("Probability of default"), SHARE),
    "grade": (_("Grade"), LETTER),
}

# Names of the limit's terms, with what they are counted in.
TERM_WORDS: Final[dict[str, tuple[str, str]]] = {
    "max_limit_minor": (_("Largest limit"), MONEY),
    "small_limit_minor": (_("Largest limit of the small size"), MONEY),
    "starter_limit_minor": (_("Largest starter limit"), MONEY),
    "loss_budget_minor": (_("Expected loss a merchant may cost"), MONEY),
    "step_minor": (_("Limits are whole multiples of"), MONEY),
    "lgd": (_("Loss given default"), SHARE),
    "margin_rate": (_("Merchants' margin"), SHARE),
    "dscr": (_("Debt service cover"), FACTOR),
    "term_days": (_("Term"), DAYS),
    "financed_share": (_("Share of the gap we finance"), SHARE),
    "collection_days": (_("Days until their customers pay"), DAYS),
    "stock_days": (_("Days in stock"), DAYS),
    "supplier_days": (_("Days suppliers wait"), DAYS),
    "first_tenure_days": (_("Tenure counts from"), DAYS),
    "first_tenure_factor": (_("Share of the limit at that tenure"), SHARE),
    "full_tenure_days": (_("Tenure counts in full from"), DAYS),
    "starter_tenure_days": (_("A thin file up to a tenure of"), DAYS),
    "starter_active_months": (_("A thin file below so many active months"), COUNT),
    "starter_orders": (_("Usual orders a starter limit covers"), FACTOR),
    "step_up_bills": (_("Bills paid on time for a step up of a thin file (0: none)"), COUNT),
    "step_up_share": (_("What a step adds to a starter limit"), SHARE),
    "estimate_low_share": (_("Low end of an estimate, of the limit"), SHARE),
}
