"""Refusals of the campaigns app. Codes are public and never renamed."""

from campaigns.errors.follow_up import (
    CapacityTaken,
    FollowUpNotBooked,
    FollowUpNotFound,
    SlotFull,
    SlotNotOffered,
)
from campaigns.errors.message import (
    MessageNotFound,
)
from campaigns.errors.salespeople import (
    BadSalespersonCode,
    ClaimSettled,
    EntryUrlMissing,
    MerchantClaimed,
    SalespersonLeft,
    SalespersonTokenExpired,
    SalespersonTokenInvalid,
    SalespersonTokenRevoked,
    SalespersonUnknown,
)
from campaigns.errors.ticket import (
    AnswerOwed,
    PromiseOutOfReach,
    ReopeningOver,
    TicketClosed,
    TicketKeyUsed,
    TicketNotClosed,
    TicketNotFound,
    TicketNotWaiting,
    TicketsTooMany,
    TicketWordsNeeded,
)

__all__ = [
    "AnswerOwed",
    "BadSalespersonCode",
    "CapacityTaken",
    "ClaimSettled",
    "EntryUrlMissing",
    "FollowUpNotBooked",
    "FollowUpNotFound",
    "MerchantClaimed",
    "MessageNotFound",
    "PromiseOutOfReach",
    "ReopeningOver",
    "SalespersonLeft",
    "SalespersonTokenExpired",
    "SalespersonTokenInvalid",
    "SalespersonTokenRevoked",
    "SalespersonUnknown",
    "SlotFull",
    "SlotNotOffered",
    "TicketClosed",
    "TicketKeyUsed",
    "TicketNotClosed",
    "TicketNotFound",
    "TicketNotWaiting",
    "TicketWordsNeeded",
    "TicketsTooMany",
]
