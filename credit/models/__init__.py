"""Credit's tables."""

from credit.models.application import Application, CostSheet, CostSheetItem, Offer
from credit.models.business_day import BusinessDay, CloseBucket, CloseException
from credit.models.calendar import CalendarDay, CalendarImport
from credit.models.cap import CapRule, LprRate
from credit.models.document import Document
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.ledger import Account, AccountSnapshot, JournalEntry, Posting
from credit.models.line import Contract, CreditLine, MerchantCap, TemporaryLimit
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.reference_change import ReferenceChange
from credit.models.repayment import Repayment, SettlementBatch, SettlementLine

__all__ = [
    "Account",
    "AccountSnapshot",
    "Allocation",
    "Application",
    "BusinessDay",
    "CalendarDay",
    "CalendarImport",
    "CapRule",
    "CloseBucket",
    "CloseException",
    "Contract",
    "CostSheet",
    "CostSheetItem",
    "CreditLine",
    "Document",
    "Drawdown",
    "FundingSource",
    "Hold",
    "InterestSegment",
    "JournalEntry",
    "LoanEvent",
    "LprRate",
    "MerchantCap",
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
    "TemporaryLimit",
]
