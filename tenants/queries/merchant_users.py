"""Who of a firm may do what."""

from collections.abc import Sequence

from tenants.enums import MerchantUserRole, MerchantUserStatus
from tenants.errors import UserNotFound, UserUnknown
from tenants.models import EmbedSession, MerchantUser, StepUp


def user_named(merchant_id: str, external_id: str) -> MerchantUser | None:
    """The firm's user whom the platform calls so; None where nobody has to be one.

    Nobody has to be one without a name, nor at a firm that never invited anybody: then whoever
    comes is the firm. Raises UserUnknown: the firm has users, and this is none of them.
    """
    if not external_id:
        return None
    rows = list(MerchantUser.objects.filter(merchant_id=merchant_id))
    if not rows:
        return None
    for row in rows:
        if row.status == MerchantUserStatus.ACTIVE and row.external_id == external_id:
            return row
    raise UserUnknown


def list_users(merchant_id: str) -> Sequence[MerchantUser]:
    """Whoever was invited or is active, in the order of the invitations."""
    rows = MerchantUser.objects.filter(merchant_id=merchant_id)
    return list(rows.exclude(status=MerchantUserStatus.REMOVED).order_by("invited_at", "id"))


def owners(merchant_id: str) -> Sequence[MerchantUser]:
    """Who of the firm may change roles and caps, in the order of the invitations."""
    rows = MerchantUser.objects.filter(
        merchant_id=merchant_id, role=MerchantUserRole.OWNER, status=MerchantUserStatus.ACTIVE
    )
    return list(rows.order_by("invited_at", "id"))


def user_of(merchant_id: str, user_id: str) -> MerchantUser:
    """One of `list_users`. Raises UserNotFound."""
    try:
        rows = MerchantUser.objects.filter(pk=user_id, merchant_id=merchant_id)
        found: MerchantUser | None = rows.exclude(status=MerchantUserStatus.REMOVED).first()
    except ValueError:
        found = None
    if found is None:
        raise UserNotFound
    return found


def joining(session: EmbedSession) -> StepUp | None:
    """The last code sent in this visit to join with."""
    rows = StepUp.objects.filter(session=session, purpose="join", used_at__isnull=True)
    found: StepUp | None = rows.order_by("-sent_at", "-id").first()
    return found
