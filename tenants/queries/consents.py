"""What a firm has agreed to, and what it still has to be asked."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import QuerySet

from tenants.domain import consent_texts as texts
from tenants.enums import ApplicationNeed, ConsentCode
from tenants.models import ConsentRecord, Tenant
from tenants.queries.tenants import current_tenant
from tenants.values import ConsentText

# Asked for before anything else. A face is asked for on its own, where one is looked at.
AT_THE_START: Final = (
    ConsentCode.SERVICE_AND_PRIVACY,
    ConsentCode.SENSITIVE_DATA,
    ConsentCode.SHARING_WITH_FUNDER,
    ConsentCode.BUREAU_QUERY,
)


def consents_asked(tenant: Tenant | None = None) -> list[ConsentCode]:
    """The codes a merchant of the scope's platform may be asked for."""
    tenant = tenant or current_tenant()
    looks = tenant.face_check_from_minor is not None
    looks = looks or ApplicationNeed.FACE in tenant.application_needs
    return [*AT_THE_START, *([ConsentCode.FACE_RECOGNITION] if looks else [])]


def consent_text(code: str, locale: str, tenant: Tenant | None = None) -> ConsentText:
    """The current text in the words of the open scope's platform. Raises Invalid."""
    tenant = tenant or current_tenant()
    return texts.consent_text(
        code, locale, platform=tenant.name, lender=tenant.lender_name, phone=tenant.lender_phone
    )


def current_consents(merchant_id: str) -> dict[str, ConsentRecord]:
    """Consents in force, by code: the last record of a code counts, a withdrawal ends it."""
    last = (
        ConsentRecord.objects.filter(merchant_id=merchant_id)
        .order_by("code", "-at", "-id")
        .distinct("code")
    )
    return {record.code: record for record in last if record.is_given}


def missing_consents(
    merchant_id: str, needed: Iterable[str], tenant: Tenant | None = None
) -> list[str]:
    """The codes among `needed` to be asked for, in that order.

    A consent to other words than today's (a new version, a new receiver) is missing too.
    """
    given, tenant = current_consents(merchant_id), tenant or current_tenant()
    return [code for code in needed if not _is_current(given.get(code), tenant)]


def ended_consents(merchant_id: str, needed: Iterable[str]) -> list[str]:
    """The codes among `needed` that were taken back, or never given, whatever the words."""
    given = current_consents(merchant_id)
    return [code for code in needed if code not in given]


def list_consent_records(merchant_id: str) -> QuerySet[Any]:
    """Everything given and withdrawn, newest first."""
    return ConsentRecord.objects.filter(merchant_id=merchant_id).order_by("-at", "-id")


def _is_current(record: ConsentRecord | None, tenant: Tenant) -> bool:
    return record is not None and (
        consent_text(record.code, record.locale, tenant).sha256 == record.text_sha256
    )
