"""Finding firms and their people."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet

from platform_app.kernel import crypto
from platform_app.kernel.errors import NotFound
from tenants.domain.identifiers import mobile
from tenants.models import Merchant, MerchantPerson


def merchant(merchant_id: str) -> Merchant:
    """One firm by our id. Raises NotFound, also for another platform's and for a malformed id."""
    try:
        found: Merchant | None = Merchant.objects.filter(pk=merchant_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun="merchant")
    return found


def merchant_by_external_id(external_id: str) -> Merchant:
    """One firm by the platform's own number. Raises NotFound."""
    found: Merchant | None = (
        None if "\x00" in external_id else Merchant.objects.filter(external_id=external_id).first()
    )
    if found is None:
        raise NotFound(noun="merchant")
    return found


def list_merchants(*, search: str = "", kyb_status: str = "", category: str = "") -> QuerySet[Any]:
    """Firms whose name holds `search` or whose number begins with it, in order of arrival."""
    rows = Merchant.objects.order_by("id")
    words = search.replace("\x00", "").strip()
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(external_id__istartswith=words))
    if kyb_status:
        rows = rows.filter(kyb_status=kyb_status.replace("\x00", ""))
    if category:
        rows = rows.filter(category=category.replace("\x00", ""))
    return rows


def list_people(merchant_id: str) -> QuerySet[Any]:
    """A firm's people, masked."""
    return MerchantPerson.objects.filter(merchant_id=merchant_id).order_by("role")


def list_people_by_phone(phone: str) -> QuerySet[Any]:
    """Everybody on this platform with this mobile number. Raises BadPhone."""
    index = crypto.blind_index(mobile(phone), purpose="person.phone")
    return MerchantPerson.objects.filter(phone_index=index).order_by("id")


def list_firms(
    *, numbers: Sequence[str], registration_nos: Sequence[str]
) -> list[tuple[str, str, str]]:
    """(id, platform's number, registration number) of merchants known by either: one statement."""
    columns = ("id", "external_id", "registration_no")
    by_number = Merchant.objects.filter(external_id__in=numbers).values_list(*columns)
    by_code = Merchant.objects.filter(registration_no__in=registration_nos).exclude(
        registration_no=""
    )
    return list(by_number.union(by_code.values_list(*columns)))
