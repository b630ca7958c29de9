"""How much users of a firm have drawn in a calendar month, and what their caps leave."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, F, QuerySet, Sum, When

from credit.enums import DrawdownStatus
from credit.models import Drawdown
from platform_app.kernel import clock
from tenants.enums import MerchantUserRole
from tenants.models import MerchantUser
from tenants.queries.merchant_users import owners

_STILL_HELD = (DrawdownStatus.AUTHORIZED, DrawdownStatus.PARTIALLY_CAPTURED)
_COUNTED = Case(
    When(status__in=_STILL_HELD, then=F("authorized_minor")), default=F("captured_minor")
)


def drawn_in_month(merchant_id: str, on: date) -> Mapping[str, int]:
    """Fen by phone index in the month of `on`: what is held for orders, else what was shipped.

    As in `drawn_by` a person is a phone, under whatever ids; what the firm itself drew is nobody's.
    """
    rows = _in_month(merchant_id, on).exclude(placed_by="")
    drawn = rows.values("placed_by").annotate(drawn=Sum(_COUNTED))
    by_id = dict(drawn.values_list("placed_by", "drawn"))
    known = MerchantUser.objects.filter(merchant_id=merchant_id, external_id__in=by_id)
    by_phone: dict[str, int] = defaultdict(int)
    for index, external_id in sorted(set(known.values_list("phone_index", "external_id"))):
        by_phone[index] += by_id[external_id]
    return by_phone


def drawn_by(user: MerchantUser, on: date) -> int:
    """What this person drew in the month of `on`, under whatever ids: the phone tells who it is."""
    ids = MerchantUser.objects.filter(
        merchant_id=user.merchant_id, phone_index=user.phone_index
    ).exclude(external_id="")
    rows = _in_month(user.merchant_id, on).filter(placed_by__in=ids.values("external_id"))
    return int(rows.aggregate(drawn=Sum(_COUNTED))["drawn"] or 0)


def _in_month(merchant_id: str, on: date) -> QuerySet[Drawdown]:
    return Drawdown.objects.filter(
        merchant_id=merchant_id, authorized_at__gte=clock.moment_on(on.replace(day=1))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CapShort:
    """A user's cap leaves less than an order: how much it leaves, in fen, and who can raise it.

    Of an owner without a name nothing can be said.
    """

    left_minor: int
    short_minor: int
    is_of_month: bool
    owners: tuple[MerchantUser, ...]


def cap_short(user: MerchantUser | None, *, amount_minor: int, on: date) -> CapShort | None:
    """What `check_user` would refuse this user on the business day `on`; None when it fits."""
    if user is None or user.role != MerchantUserRole.BUYER:
        return None
    once, month, is_of_month = user.drawdown_cap_minor, user.month_cap_minor, False
    left = once
    if month is not None:
        rest = max(0, month - drawn_by(user, on))
        if left is None or rest < left:
            left, is_of_month = rest, True
    if left is None or amount_minor <= left:
        return None
    return CapShort(
        left_minor=left,
        short_minor=amount_minor - left,
        is_of_month=is_of_month,
        owners=tuple(one for one in owners(user.merchant_id) if one.name_masked),
    )
