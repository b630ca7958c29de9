"""Registration numbers as others write them."""

from tenants.domain.identifiers import registration_no
from tenants.enums import MerchantKind
from tenants.errors import BadRegistrationNumber


def canonical_registration_no(text: str) -> str:
    """The 18 characters of a company's or an individual business's code; empty when it is none."""
    for kind in (MerchantKind.COMPANY, MerchantKind.INDIVIDUAL_BUSINESS):
        try:
            return registration_no(text, kind=kind)
        except BadRegistrationNumber:
            continue
    return ""
