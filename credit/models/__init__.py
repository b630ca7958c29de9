"""Credit's tables."""

from credit.models.application import Application, CostSheet, CostSheetItem, Offer
from credit.models.approval import Approval
from credit.models.ask import ApplicationAsk
from credit.models.business_day import BusinessDay, CloseBucket, CloseException
from credit.models.calendar import CalendarDay, CalendarImport
from credit.models.cap import CapRule, LprRate
from credit.models.channel import (
    DebitMandate,
    DeductionAgreement,
    DirectDebit,
    SaleDeduction,
    VirtualAccount,
)
from credit.models.collection import (
    CaseHandover,
    CollectionCase,
    CollectionContact,
    ContactBlock,
    ContactOutcome,
)
from credit.models.delinquency import BucketChange, ConductRules, LadderStep
from credit.models.discount import Discount
from credit.models.discount_move import DiscountMove
from credit.models.document import Document
from credit.models.drawdown import Drawdown, Hold, Quote
from credit.models.funding import FundingCapSlice, FundingDecision
from credit.models.guarantee import GuarantorClaim, GuarantorRecovery
from credit.models.instruction import FundingAttempt, FundingInstruction
from credit.models.ledger import Account, AccountSnapshot, JournalEntry, Posting
from credit.models.limit_review import LimitReview
from credit.models.line import Contract, CreditLine, MerchantCap, TemporaryLimit
from credit.models.partnership import NamedLender, Partnership, PartnershipShare
from credit.models.plan import Allocation, InterestSegment, LoanEvent, PlanRow
from credit.models.product import FundingSource, Product, ProductVersion
from credit.models.promise import Dispute, ExtensionRequest, PromiseToPay
from credit.models.reconciliation import BankFlow, ReconciliationBreak, ReconciliationFile
from credit.models.reference_change import ReferenceChange
from credit.models.reminder import Reminder
from credit.models.repayment import Repayment
from credit.models.review import Review
from credit.models.settlement import Holdback, SettlementBatch, SettlementLine, SettlementTerms
from credit.models.signing import ContractSignature, SigningAuthority
from credit.models.suspense import SuspenseItem

__all__ = [
    "Account",
    "AccountSnapshot",
    "Allocation",
    "Application",
    "ApplicationAsk",
    "Approval",
    "BankFlow",
    "BucketChange",
    "BusinessDay",
    "CalendarDay",
    "CalendarImport",
    "CapRule",
    "CaseHandover",
    "CloseBucket",
    "CloseException",
    "CollectionCase",
    "CollectionContact",
    "ConductRules",
    "ContactBlock",
    "ContactOutcome",
    "Contract",
    "ContractSignature",
    "CostSheet",
    "CostSheetItem",
    "CreditLine",
    "DebitMandate",
    "DeductionAgreement",
    "DirectDebit",
    "Discount",
    "DiscountMove",
    "Dispute",
    "Document",
    "Drawdown",
    "ExtensionRequest",
    "FundingAttempt",
    "FundingCapSlice",
    "FundingDecision",
    "FundingInstruction",
    "FundingSource",
    "GuarantorClaim",
    "GuarantorRecovery",
    "Hold",
    "Holdback",
    "InterestSegment",
    "JournalEntry",
    "LadderStep",
    "LimitReview",
    "LoanEvent",
    "LprRate",
    "MerchantCap",
    "NamedLender",
    "Offer",
    "Partnership",
    "PartnershipShare",
    "PlanRow",
    "Posting",
    "Product",
    "ProductVersion",
    "PromiseToPay",
    "Quote",
    "ReconciliationBreak",
    "ReconciliationFile",
    "ReferenceChange",
    "Reminder",
    "Repayment",
    "Review",
    "SaleDeduction",
    "SettlementBatch",
    "SettlementLine",
    "SettlementTerms",
    "SigningAuthority",
    "SuspenseItem",
    "TemporaryLimit",
    "VirtualAccount",
]
