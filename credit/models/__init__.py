"""Credit's tables."""

from credit.models.application import Application, CostSheet, Offer
from credit.models.business_day import BusinessDay, CalendarDay
from credit.models.channel import (
    DebitMandate,
    DeductionAgreement,
    DirectDebit,
    SaleDeduction,
    VirtualAccount,
)
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.guarantee import GuarantorClaim, GuarantorRecovery
from credit.models.ledger import Account, JournalEntry, Posting
from credit.models.line import Contract, CreditLine
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.reconciliation import BankFlow, ReconciliationBreak, ReconciliationFile
from credit.models.repayment import Repayment
from credit.models.settlement import Holdback, SettlementBatch, SettlementLine, SettlementTerms
from credit.models.suspense import SuspenseItem

__all__ = [
    "Account",
    "Allocation",
    "Application",
    "BankFlow",
    "BusinessDay",
    "CalendarDay",
    "Contract",
    "CostSheet",
    "CreditLine",
    "DebitMandate",
    "DeductionAgreement",
    "DirectDebit",
    "Drawdown",
    "FundingSource",
    "GuarantorClaim",
    "GuarantorRecovery",
    "Hold",
    "Holdback",
    "InterestSegment",
    "JournalEntry",
    "LoanEvent",
    "Offer",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "Quote",
    "ReconciliationBreak",
    "ReconciliationFile",
    "Repayment",
    "SaleDeduction",
    "SettlementBatch",
    "SettlementLine",
    "SettlementTerms",
    "SuspenseItem",
    "VirtualAccount",
]
