"""Credit's tables."""

from credit.models.application import Application, CostSheet, Offer
from credit.models.business_day import BusinessDay, CalendarDay
from credit.models.collection import (
    CaseHandover,
    CollectionCase,
    CollectionContact,
    ContactBlock,
    ContactOutcome,
)
from credit.models.delinquency import BucketChange, ConductRules, LadderStep
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.ledger import Account, JournalEntry, Posting
from credit.models.line import Contract, CreditLine
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.promise import Dispute, ExtensionRequest, PromiseToPay
from credit.models.reminder import Reminder
from credit.models.repayment import Repayment, SettlementBatch, SettlementLine

__all__ = [
    "Account",
    "Allocation",
    "Application",
    "BucketChange",
    "BusinessDay",
    "CalendarDay",
    "CaseHandover",
    "CollectionCase",
    "CollectionContact",
    "ConductRules",
    "ContactBlock",
    "ContactOutcome",
    "Contract",
    "CostSheet",
    "CreditLine",
    "Dispute",
    "Drawdown",
    "ExtensionRequest",
    "FundingSource",
    "Hold",
    "InterestSegment",
    "JournalEntry",
    "LadderStep",
    "LoanEvent",
    "Offer",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "PromiseToPay",
    "Quote",
    "Reminder",
    "Repayment",
    "SettlementBatch",
    "SettlementLine",
]
