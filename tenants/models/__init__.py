"""Tenants' tables."""

from tenants.models.account_change import AccountChange
from tenants.models.api_request import ApiRequest
from tenants.models.consent import ConsentRecord
from tenants.models.credential import Credential
from tenants.models.embed import EmbedSession
from tenants.models.face_check import FaceCheck
from tenants.models.feed import Feed
from tenants.models.identity_review import IdentityReview
from tenants.models.member import Member
from tenants.models.merchant import Merchant, MerchantPerson
from tenants.models.merchant_user import MerchantUser
from tenants.models.onboarding import (
    MOST_TRIES,
    Attachment,
    MerchantDraft,
    PhoneCode,
    SettlementAccount,
)
from tenants.models.step_up import StepUp
from tenants.models.tenant import Tenant
from tenants.models.test_clock import TestClock
from tenants.models.trade import TradeImport, TradeImportError, TradeOrder
from tenants.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookReplay

__all__ = [
    "MOST_TRIES",
    "AccountChange",
    "ApiRequest",
    "Attachment",
    "ConsentRecord",
    "Credential",
    "EmbedSession",
    "FaceCheck",
    "Feed",
    "IdentityReview",
    "Member",
    "Merchant",
    "MerchantDraft",
    "MerchantPerson",
    "MerchantUser",
    "PhoneCode",
    "SettlementAccount",
    "StepUp",
    "Tenant",
    "TestClock",
    "TradeImport",
    "TradeImportError",
    "TradeOrder",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookReplay",
]
