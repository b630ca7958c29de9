"""Credit's tables."""

from credit.models.application import Application, CostSheet, CostSheetItem, Offer
from credit.models.business_day import BusinessDay, CalendarDay
from credit.models.cap import CapRule, LprRate
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.ledger import Account, JournalEntry, Posting
from credit.models.line import Contract, CreditLine
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.reference_change import ReferenceChange
from credit.models.repayment import Repayment, SettlementBatch, SettlementLine

__all__ = [
    "Account",
    "Allocation",
    "Application",
    "BusinessDay",
    "CalendarDay",
    "CapRule",
    "Contract",
    "CostSheet",
    "CostSheetItem",
    "CreditLine",
    "Drawdown",
    "FundingSource",
    "Hold",
    "InterestSegment",
    "JournalEntry",
    "LoanEvent",
    "LprRate",
    "Offer",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "Quote",
    "ReferenceChange",
    "Repayment",
    "SettlementBatch",
    "SettlementLine",
]
