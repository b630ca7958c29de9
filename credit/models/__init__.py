"""Credit's tables."""

from credit.models.application import Application, CostSheet, Offer
from credit.models.approval import Approval
from credit.models.business_day import BusinessDay, CalendarDay
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.ledger import Account, JournalEntry, Posting
from credit.models.line import Contract, CreditLine, MerchantCap, TemporaryLimit
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.repayment import Repayment, SettlementBatch, SettlementLine

__all__ = [
    "Account",
    "Allocation",
    "Application",
    "Approval",
    "BusinessDay",
    "CalendarDay",
    "Contract",
    "CostSheet",
    "CreditLine",
    "Drawdown",
    "FundingSource",
    "Hold",
    "InterestSegment",
    "JournalEntry",
    "LoanEvent",
    "MerchantCap",
    "Offer",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "Quote",
    "Repayment",
    "SettlementBatch",
    "SettlementLine",
    "TemporaryLimit",
]
