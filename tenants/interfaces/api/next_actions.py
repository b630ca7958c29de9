"""Who has to do what next with what tenants owns."""

from typing import NamedTuple

from platform_app.kernel import clock
from platform_app.kernel.errors import gettext_noop
from tenants.enums import DeliveryStatus, EndpointStatus, KybStatus
from tenants.models import EmbedSession, Merchant, WebhookDelivery, WebhookEndpoint


class NextAction(NamedTuple):
    actor: str
    code: str
    message: str
    deadline: str | None = None


def merchant_next_action(merchant: Merchant) -> NextAction | None:
    """A firm that is not verified cannot apply: the partner hands its verification over."""
    if merchant.kyb_status == KybStatus.VERIFIED:
        return None
    return NextAction(
        "partner",
        "verify_merchant",
        gettext_noop("Hand the verified firm over: PUT it with verified set to true."),
    )


def endpoint_next_action(endpoint: WebhookEndpoint) -> NextAction | None:
    """A disabled endpoint waits for its owner."""
    if endpoint.status == EndpointStatus.ACTIVE:
        return None
    return NextAction(
        "partner", "enable_endpoint", gettext_noop("Repair the receiver, then switch it on.")
    )


def delivery_next_action(delivery: WebhookDelivery) -> NextAction | None:
    """We try again by ourselves; what has failed for good can be sent again."""
    if delivery.status == DeliveryStatus.PENDING:
        due = delivery.next_attempt_at.astimezone(clock.SHANGHAI).isoformat()
        return NextAction(
            "us", "deliver", gettext_noop("We send it, and try again if need be."), due
        )
    if delivery.status == DeliveryStatus.FAILED:
        return NextAction(
            "partner", "resend", gettext_noop("Repair the receiver, then have it sent again.")
        )
    return None


def session_next_action(session: EmbedSession) -> NextAction:
    """The secret in the address can be used once, soon."""
    until = session.redeem_until.astimezone(clock.SHANGHAI).isoformat()
    return NextAction("merchant", "open", gettext_noop("Open the address in the page."), until)
