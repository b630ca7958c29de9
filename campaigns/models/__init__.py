"""Campaigns' tables, one module a noun."""

from campaigns.models.attribution import Attribution, AttributionClaim
from campaigns.models.coupon import Coupon, CouponBatch
from campaigns.models.follow_up import FollowUp, FollowUpCall, FollowUpSlot
from campaigns.models.message import Message
from campaigns.models.pool import PoolImport, PoolImportError, PoolMember
from campaigns.models.referral import InvitationLink, Referral, ReferralProgram
from campaigns.models.salesperson import Salesperson, SalespersonQr
from campaigns.models.ticket import Ticket, TicketMessage

__all__ = [
    "Attribution",
    "AttributionClaim",
    "Coupon",
    "CouponBatch",
    "FollowUp",
    "FollowUpCall",
    "FollowUpSlot",
    "InvitationLink",
    "Message",
    "PoolImport",
    "PoolImportError",
    "PoolMember",
    "Referral",
    "ReferralProgram",
    "Salesperson",
    "SalespersonQr",
    "Ticket",
    "TicketMessage",
]
