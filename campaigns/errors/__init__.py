"""Refusals of the campaigns app. Codes are public and never renamed."""

from campaigns.errors.follow_up import (
    CapacityTaken,
    FollowUpNotBooked,
    FollowUpNotFound,
    SlotFull,
    SlotNotOffered,
)
from campaigns.errors.message import MessageNotFound
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
    "CapacityTaken",
    "FollowUpNotBooked",
    "FollowUpNotFound",
    "MessageNotFound",
    "PromiseOutOfReach",
    "ReopeningOver",
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
