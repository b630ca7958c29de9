"""Credit's tables."""

from credit.models.application import Application, CostSheet, Offer
from credit.models.business_day import BusinessDay, CalendarDay
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.funding import (
    FundingCapSlice,
    FundingDecision,
    NamedLender,
    Partnership,
    PartnershipShare,
)
from credit.models.instruction import FundingAttempt, FundingInstruction
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
    "Contract",
    "CostSheet",
    "CreditLine",
    "Drawdown",
    "FundingAttempt",
    "FundingCapSlice",
    "FundingDecision",
    "FundingInstruction",
    "FundingSource",
    "Hold",
    "InterestSegment",
    "JournalEntry",
    "LoanEvent",
    "NamedLender",
    "Offer",
    "Partnership",
    "PartnershipShare",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "Quote",
    "Repayment",
    "SettlementBatch",
    "SettlementLine",
]
