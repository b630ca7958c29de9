"""The inbox of a merchant."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import get_language

from campaigns.domain.notices import pages_kept_from
from campaigns.models import Message

INBOX = 50


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in the active language."""

    id: str
    title: str
    text: str
    page: str
    page_of: str
    at: datetime
    is_read: bool


def messages_for(merchant_id: str, *, role: str) -> QuerySet[Message]:
    """A merchant's messages that concern a user of this role."""
    rows: QuerySet[Message] = Message.objects.filter(merchant_id=merchant_id)
    kept_from = pages_kept_from(role)
    return rows.exclude(page__in=kept_from) if kept_from else rows


def inbox(merchant_id: str, *, role: str) -> list[Letter]:
    """The newest messages of a merchant for a user of this role."""
    rows = messages_for(merchant_id, role=role).order_by("-at", "-id")[:INBOX]
    return [letter(row) for row in rows]


def has_unread(letters: list[Letter], merchant_id: str, *, role: str) -> bool:
    """Whether anything is unread, also behind the newest ones, which are `letters`."""
    if any(not one.is_read for one in letters):
        return True
    return len(letters) == INBOX and unread_count(merchant_id, role=role) > 0


def letter(row: Message) -> Letter:
    """A message as it is read in the active language."""
    english = (get_language() or "").startswith("en")
    return Letter(
        id=row.id,
        title=row.title_en if english else row.title_zh,
        text=row.text_en if english else row.text_zh,
        page=row.page,
        page_of=row.page_of,
        at=row.at,
        is_read=row.read_at is not None,
    )


def unread_count(merchant_id: str, *, role: str) -> int:
    """How many messages nobody of the firm has read, of those that concern this role."""
    return int(messages_for(merchant_id, role=role).filter(read_at=None).count())
