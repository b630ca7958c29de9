"""Credit's tables."""

from credit.models.application import Application, CostSheet, Offer
from credit.models.business_day import BusinessDay
from credit.models.calendar import CalendarDay, CalendarImport
from credit.models.document import Document
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.ledger import Account, JournalEntry, Posting
from credit.models.line import Contract, CreditLine
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.repayment import Repayment, SettlementBatch, SettlementLine

__all__ = [
    "Account",
    "Allocation",
    "Application",
    "BusinessDay",
    "CalendarDay",
    "CalendarImport",
    "Contract",
    "CostSheet",
    "CreditLine",
    "Document",
    "Drawdown",
    "FundingSource",
    "Hold",
    "InterestSegment",
    "JournalEntry",
    "LoanEvent",
    "Offer",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "Quote",
    "Repayment",
    "SettlementBatch",
    "SettlementLine",
]
