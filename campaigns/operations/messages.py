"""Messages of merchants: made from events, read by them. One event, one recipient, one row."""

from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext, override

from campaigns.domain.notices import NOTICES, REMINDER, Notice, notice_of
from campaigns.domain.slots import Slot
from campaigns.errors import MessageNotFound
from campaigns.models import Message
from campaigns.queries.messages import messages_for
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from platform_app.kernel.money import format_yuan
from platform_app.kernel.templatetags.money import day as day_words
from platform_app.kernel.templatetags.money import moment


def make_message(event_id: str) -> None:
    """Write what happened into its merchant's inbox.

    An event without a notice or without a merchant is left alone; told again, it is the same row.
    """
    event = Event.objects.get(pk=event_id)
    notice = notice_of(event.name, event.props)
    if notice is None or event.merchant_id is None:
        return
    zh, en = _said(notice, event.props, "zh-hans"), _said(notice, event.props, "en")
    row = Message(
        merchant_id=event.merchant_id,
        event_id=event.id,
        kind=event.name,
        title_zh=zh[0],
        text_zh=zh[1],
        title_en=en[0],
        text_en=en[1],
        page=notice.page,
        page_of=event.subject if notice.has_subject else "",
        at=event.occurred_at,
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)


CONSUMER: Final = Consumer(
    name="campaigns.messages", prefixes=(*NOTICES, REMINDER), handle=make_message
)


@transaction.atomic
def read_message(*, message_id: str, merchant_id: str, role: str, at: datetime) -> Message:
    """The message, from now on read by the firm.

    Raises MessageNotFound, also for somebody else's and for one that is not for this role.
    """
    try:
        mine = messages_for(merchant_id, role=role).select_for_update()
        row: Message | None = mine.filter(pk=message_id).first()
    except ValueError:
        row = None
    if row is None:
        raise MessageNotFound
    if row.read_at is None:
        row.read_at = at
        row.save(update_fields=["read_at"])
    return row


def read_all_messages(*, merchant_id: str, role: str, at: datetime) -> int:
    """Mark everything in this role's inbox as read; return how many were not."""
    rows = messages_for(merchant_id, role=role).filter(read_at=None, at__lte=at)
    return int(rows.update(read_at=at))


def _said(notice: Notice, props: dict[str, Any], language: str) -> tuple[str, str]:
    """Title and text in one language, the event's figures written in."""
    with override(language):
        text = gettext(notice.text)
        for name, value in props.items():
            if "{" + name + "}" in text:
                text = text.replace("{" + name + "}", _fact(name, value, props))
        return gettext(notice.title), text


def _fact(name: str, value: Any, props: dict[str, Any]) -> str:
    if name.endswith("_minor"):
        return format_yuan(int(value))
    if name.endswith("_at"):
        return moment(datetime.fromisoformat(value))
    if name == "hour":
        return Slot(date.fromisoformat(props["on"]), int(value)).words
    if name == "on" or name.endswith("_on"):
        return day_words(date.fromisoformat(value))
    return str(value)
