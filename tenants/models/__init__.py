"""Tenants' tables."""

from tenants.models.consent import ConsentRecord
from tenants.models.credential import Credential
from tenants.models.embed import EmbedSession
from tenants.models.member import Member
from tenants.models.merchant import Merchant, MerchantPerson
from tenants.models.onboarding import (
    MOST_TRIES,
    Attachment,
    MerchantDraft,
    PhoneCode,
    SettlementAccount,
)
from tenants.models.tenant import Tenant
from tenants.models.trade import TradeImport, TradeImportError, TradeOrder
from tenants.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "MOST_TRIES",
    "Attachment",
    "ConsentRecord",
    "Credential",
    "EmbedSession",
    "Member",
    "Merchant",
    "MerchantDraft",
    "MerchantPerson",
    "PhoneCode",
    "SettlementAccount",
    "Tenant",
    "TradeImport",
    "TradeImportError",
    "TradeOrder",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
