"""The inbox of a merchant."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language

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


def inbox(merchant_id: str) -> list[Letter]:
    """The newest messages of a merchant."""
    rows = Message.objects.filter(merchant_id=merchant_id).order_by("-at", "-id")[:INBOX]
    return [letter(row) for row in rows]


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


def unread_count(merchant_id: str) -> int:
    """How many messages a merchant has not read."""
    return int(Message.objects.filter(merchant_id=merchant_id, read_at=None).count())
