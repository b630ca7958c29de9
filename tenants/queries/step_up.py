"""Whose phone confirms for a firm, and the code of a visit that is still good."""

from datetime import datetime
from typing import Final

from platform_app.kernel import crypto
from tenants.models import EmbedSession, MerchantPerson, StepUp
from tenants.values import PERSON_ROLES

SHOWN: Final = "step_up.shown"


def confirming_person(merchant_id: str) -> MerchantPerson | None:
    """Who is asked: the legal representative, else the applicant, else the finance contact."""
    known = {one.role: one for one in MerchantPerson.objects.filter(merchant_id=merchant_id)}
    return next((known[role] for role in PERSON_ROLES if role in known), None)


def latest_step_up(session: EmbedSession, *, purpose: str, subject: str) -> StepUp | None:
    """The last code sent to confirm this object in this visit; older ones count for nothing."""
    rows = StepUp.objects.filter(session=session, purpose=purpose, subject=subject)
    found: StepUp | None = rows.order_by("-sent_at", "-id").first()
    return found


def shown_code(step_up: StepUp, *, at: datetime) -> str:
    """The digits, on a virtual platform and while they are good; elsewhere nothing."""
    if step_up.code_sealed is None or at >= step_up.expires_at:
        return ""
    return crypto.unseal(bytes(step_up.code_sealed), purpose=SHOWN)
