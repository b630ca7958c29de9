"""How much users of a firm have drawn in a calendar month."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db.models import Case, F, QuerySet, Sum, When

from credit.enums import DrawdownStatus
from credit.models import Drawdown
from platform_app.kernel import clock

_STILL_HELD = (DrawdownStatus.AUTHORIZED, DrawdownStatus.PARTIALLY_CAPTURED)


def drawn_in_month(merchant_id: str, placed_by: Sequence[str], on: date) -> Mapping[str, int]:
    """Fen by user in the month of `on`: what is held for orders, else what was shipped."""
    rows: QuerySet[Drawdown] = Drawdown.objects.filter(
        merchant_id=merchant_id,
        placed_by__in=placed_by,
        authorized_at__gte=clock.moment_on(on.replace(day=1)),
    )
    counted = Case(
        When(status__in=_STILL_HELD, then=F("authorized_minor")), default=F("captured_minor")
    )
    return dict(
        rows.values("placed_by").annotate(drawn=Sum(counted)).values_list("placed_by", "drawn")
    )
