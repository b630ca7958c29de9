"""The words campaigns uses for states and kinds, one module a noun."""

from campaigns.enums.coupons import BatchStatus
from campaigns.enums.follow_up import CallOutcome, FollowUpStatus
from campaigns.enums.pool import (
    ConsentBasis,
    PoolImportStatus,
    PoolStatus,
    PoolTier,
    PrescreenReason,
    PrescreenResult,
)
from campaigns.enums.referrals import ReferralReason, ReferralStatus, ReferralWait
from campaigns.enums.salespeople import AttributionHow, ClaimStatus, SalespersonStatus
from campaigns.enums.ticket import TicketKind, TicketSide, TicketStatus, Urgency

__all__ = [
    "AttributionHow",
    "BatchStatus",
    "CallOutcome",
    "ClaimStatus",
    "ConsentBasis",
    "FollowUpStatus",
    "PoolImportStatus",
    "PoolStatus",
    "PoolTier",
    "PrescreenReason",
    "PrescreenResult",
    "ReferralReason",
    "ReferralStatus",
    "ReferralWait",
    "SalespersonStatus",
    "TicketKind",
    "TicketSide",
    "TicketStatus",
    "Urgency",
]
