"""What a person calls a fact, and in what it is counted."""

from typing import Final

from platform_app.kernel.errors import gettext_noop as _

MONEY: Final = "money"  # fen, shown and typed in yuan
DAYS: Final = "days"
COUNT: Final = "count"
SHARE: Final = "share"
FACTOR: Final = "factor"
LETTER: Final = "letter"

# Name of the fact: what it is called, what it is counted in. The order is that of the pages.
FACT_WORDS: Final[dict[str, tuple[str, str]]] = {
    "tenure_days": (_("Days since the first order"), DAYS),
    "recency_days": (_("Days since the last order"), DAYS),
    "active_months_count": (_("Months with orders, of twelve"), COUNT),
    "order_count_l12": (_("Orders in twelve months"), COUNT),
    "order_count_total": (_("Orders ever"), COUNT),
    "net_gmv_l3_minor": (_("Net purchases in three months"), MONEY),
    "net_gmv_l12_minor": (_("Net purchases in twelve months"), MONEY),
    "median_order_minor": (_("Usual order"), MONEY),
    "return_rate": (_("Share of purchases returned"), SHARE),
    "gmv_cv": (_("Variation of monthly purchases"), FACTOR),
    "momentum": (_("Last three months against the year"), FACTOR),
    "paid_off_count": (_("Drawdowns paid off"), COUNT),
    "max_dpd_days": (_("Most days past due"), DAYS),
    "current_dpd_days": (_("Days past due now"), DAYS),
    "drawn_total_minor": (_("Drawn altogether"), MONEY),
    "outstanding_minor": (_("Owed now"), MONEY),
    "company_age_days": (_("Days since the company was registered"), DAYS),
    "paid_in_capital_minor": (_("Paid-in capital"), MONEY),
    "other_loans_minor": (_("Owed to other lenders"), MONEY),
    "other_overdue_minor": (_("Past due at other lenders"), MONEY),
    "credit_inquiries_l6_count": (_("Credit inquiries in six months"), COUNT),
    "bank_inflow_l3_minor": (_("Received on the account in three months"), MONEY),
    "bank_inflow_l12_minor": (_("Received on the account in twelve months"), MONEY),
    "bank_returned_l12_count": (_("Debits the bank returned in twelve months"), COUNT),
    "linked_merchants_count": (_("Merchants linked to it"), COUNT),
    "trait_sharers_count": (_("Merchants that share one thing with it in thirty days"), COUNT),
    "self_trade_share": (_("Share of purchases that linked merchants mirror"), SHARE),
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
