"""How many codes went to one phone, whatever they were to confirm."""

from datetime import datetime

from tenants.domain.codes import MOST_TO_A_PHONE, PHONE_WINDOW
from tenants.models import PhoneCode, StepUp


def phone_is_full(phone_index: str, *, at: datetime) -> bool:
    """Whether this number got as many codes as it may within the hour, from all firms together."""
    since = {"phone_index": phone_index, "sent_at__gt": at - PHONE_WINDOW}
    count = sum(table.objects.filter(**since).count() for table in (PhoneCode, StepUp))
    return count >= MOST_TO_A_PHONE
