"""Who stands on a paper: the merchant, the lenders with their phones, the platform."""

from collections.abc import Sequence
from typing import Any, Final

from credit.models import FundingSource
from tenants.models import Merchant
from tenants.queries.tenants import current_tenant

NONE: Final = "—"


def parties(merchant: Merchant, sources: Sequence[FundingSource]) -> dict[str, Any]:
    """The parties as facts of a paper."""
    tenant = current_tenant()
    phones = dict.fromkeys(one.complaint_phone for one in sources if one.complaint_phone)
    return {
        "merchant": merchant.name,
        "registration_no": merchant.registration_no or NONE,
        "lender": "、".join(one.name for one in sources) or tenant.lender_name,
        "phone": "、".join(phones) or tenant.lender_phone or NONE,
        "platform": tenant.name,
    }
