"""An endpoint that fails: somebody is told after one day and three, it is given up after five.

Told means an event (to the platform's other endpoints, and on the developer page) and a mail to its
developers, who are found when the mail is sent.
"""

from datetime import datetime, timedelta
from typing import Final

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _
from django.utils.translation import override

from platform_app.kernel import events
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from platform_app.kernel.scope import current_tenant_id
from tenants.domain import standard_webhooks as standard
from tenants.enums import EndpointStatus, Role
from tenants.gateways.http_post import Reply
from tenants.models import Member, WebhookEndpoint
from tenants.operations.webhooks import switch_off

GIVE_UP: Final = timedelta(days=5)
TELL_AFTER_DAYS: Final = (1, 3)
FAILING: Final = "tenants.endpoint.failing"
DISABLED: Final = "tenants.endpoint.disabled"


def judge(endpoint: WebhookEndpoint, reply: Reply, at: datetime) -> None:
    """Remember since when a locked endpoint fails; tell, and give it up when it is time.

    One that answers 410 is given up at once.
    """
    if endpoint.status != EndpointStatus.ACTIVE:
        return
    if reply.is_success:
        if endpoint.failing_since is not None:
            endpoint.failing_since, endpoint.told_days = None, 0
            endpoint.save(update_fields=["failing_since", "told_days"])
        return
    if endpoint.failing_since is None:
        endpoint.failing_since = at
        endpoint.save(update_fields=["failing_since"])
    if reply.status_code == standard.GONE:
        _give_up(endpoint, "gone", at)
    elif at - endpoint.failing_since >= GIVE_UP:
        _give_up(endpoint, "failing_five_days", at)
    else:
        _tell(endpoint, (at - endpoint.failing_since).days, at)


def _tell(endpoint: WebhookEndpoint, days: int, at: datetime) -> None:
    reached = max((one for one in TELL_AFTER_DAYS if one <= days), default=0)
    if reached <= endpoint.told_days:
        return
    endpoint.told_days = reached
    endpoint.save(update_fields=["told_days"])
    events.record(
        FAILING, subject=endpoint.id, actor="system", at=at,
        props={"days": reached, "disabled_after_days": GIVE_UP.days},
    )  # fmt: skip


def _give_up(endpoint: WebhookEndpoint, reason: str, at: datetime) -> None:
    switch_off(endpoint, reason=reason, at=at)
    events.record(DISABLED, subject=endpoint.id, actor="system", at=at, props={"reason": reason})


def mail_notice(event_id: str) -> None:
    """The outbox consumer: one mail to everybody who can repair the endpoint, each apart.

    To the platform's developers; to its administrators where it has none. May come twice when the
    mail server answers late, never not at all while the outbox still tries.
    """
    event: Event = Event.objects.get(pk=event_id)
    endpoint: WebhookEndpoint = WebhookEndpoint.objects.get(pk=event.subject)
    for member in _developers():
        with override(member.language):
            EmailMessage(_subject(event), _text(event, endpoint), to=[member.email]).send()


NOTICES: Final = Consumer(
    name="tenants.endpoint_notices", prefixes=("tenants.endpoint.",), handle=mail_notice
)


def _developers() -> list[Member]:
    people = Member.objects.filter(tenant_id=current_tenant_id(), is_active=True).order_by("id")
    developers = list(people.filter(role=Role.DEVELOPER))
    return developers or list(people.filter(role=Role.OWNER))


def _subject(event: Event) -> str:
    if event.name == DISABLED:
        return _("Your webhook endpoint was switched off")
    return _("Your webhook endpoint is failing")


def _text(event: Event, endpoint: WebhookEndpoint) -> str:
    if event.name == DISABLED:
        why = (
            _("It answered 410, which asks us to stop.")
            if event.props["reason"] == "gone"
            else _("It has failed for five days.")
        )
        todo = _("Repair it, switch it on in the console, then replay what it missed.")
    else:
        why = (
            _("It has failed for {days} days; after {limit} we switch it off.")
            .replace("{days}", str(event.props["days"]))
            .replace("{limit}", str(event.props["disabled_after_days"]))
        )
        todo = _("The console shows every attempt and its answer, under Developer.")
    return f"{endpoint.url}\n\n{why}\n{todo}\n"
