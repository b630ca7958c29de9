"""Campaigns' tables, one module a noun."""

from campaigns.models.attribution import (
    Attribution,
    AttributionClaim,
)
from campaigns.models.follow_up import (
    FollowUp,
    FollowUpCall,
    FollowUpSlot,
)
from campaigns.models.message import (
    Message,
)
from campaigns.models.salesperson import (
    Salesperson,
    SalespersonQr,
)
from campaigns.models.ticket import (
    Ticket,
    TicketMessage,
)

__all__ = [
    "Attribution",
    "AttributionClaim",
    "FollowUp",
    "FollowUpCall",
    "FollowUpSlot",
    "Message",
    "Salesperson",
    "SalespersonQr",
    "Ticket",
    "TicketMessage",
]
