"""The words campaigns uses for states and kinds, one module a noun."""

from campaigns.enums.follow_up import CallOutcome, FollowUpStatus
from campaigns.enums.ticket import TicketKind, TicketSide, TicketStatus, Urgency

__all__ = [
    "CallOutcome",
    "FollowUpStatus",
    "TicketKind",
    "TicketSide",
    "TicketStatus",
    "Urgency",
]
