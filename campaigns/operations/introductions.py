"""Who a visit was opened with: a salesperson's code from the platform, or a scanned token.

Handed in to tenants, which opens visits and knows no salespeople.
"""

from datetime import datetime

from django.db import transaction

from campaigns.enums import AttributionHow
from campaigns.errors import MerchantClaimed
from campaigns.operations.attributions import bind_merchant
from campaigns.queries.salespeople import salesperson_of_token, salesperson_told
from platform_app.kernel.errors import DomainError


def introduce(
    *, merchant_id: str, session_id: str, code: str, token: str, actor: str, at: datetime
) -> DomainError | None:
    """Bind the merchant of a visit; what stands against it is answered, and the visit goes on.

    The token counts where both are told.
    """
    try:
        with transaction.atomic():
            if token:
                who, qr = salesperson_of_token(token, at=at)
                how, told_in = AttributionHow.QR, qr.id
            else:
                who = salesperson_told(code)
                how, told_in = AttributionHow.SESSION, session_id
            bound = bind_merchant(
                merchant_id=merchant_id, salesperson_id=who.id, how=how, told_in=told_in,
                actor=actor, at=at,
            )  # fmt: skip
    except DomainError as refusal:
        return refusal
    return None if bound.claim is None else MerchantClaimed()
