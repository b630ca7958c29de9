"""Campaigns' tables, one module a noun."""

from campaigns.models.follow_up import FollowUp, FollowUpCall, FollowUpSlot
from campaigns.models.message import Message
from campaigns.models.ticket import Ticket, TicketMessage

__all__ = [
    "FollowUp",
    "FollowUpCall",
    "FollowUpSlot",
    "Message",
    "Ticket",
    "TicketMessage",
]
