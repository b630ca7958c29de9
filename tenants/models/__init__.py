"""Tenants' tables."""

from tenants.models.consent import ConsentRecord
from tenants.models.credential import Credential
from tenants.models.embed import EmbedSession
from tenants.models.member import Member
from tenants.models.merchant import Merchant, MerchantPerson
from tenants.models.step_up import StepUp
from tenants.models.tenant import Tenant
from tenants.models.trade import TradeImport, TradeImportError, TradeOrder
from tenants.models.webhook import WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "ConsentRecord",
    "Credential",
    "EmbedSession",
    "Member",
    "Merchant",
    "MerchantPerson",
    "StepUp",
    "Tenant",
    "TradeImport",
    "TradeImportError",
    "TradeOrder",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
