"""Who of a firm is looking: in whose name an act is recorded, and which role they have."""

from tenants.access.embed import MerchantRequest
from tenants.enums import MerchantUserRole


def actor_of(request: MerchantRequest) -> str:
    """The user of the firm, or the firm itself where it has no users."""
    user = request.firm_user
    return f"merchant:{request.embed.merchant_id}" if user is None else str(user.id)


def role_of(request: MerchantRequest) -> str:
    """The user's role; whoever comes for the firm itself may do what an owner may."""
    return MerchantUserRole.OWNER if request.firm_user is None else str(request.firm_user.role)
