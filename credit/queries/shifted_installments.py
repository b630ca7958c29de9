"""Open installments whose due date is not the day the plan counted to."""

from datetime import date

from django.db.models import F, QuerySet

from credit.models import PlanRow


def shifted_installments(year: int) -> QuerySet[PlanRow]:
    """Unpaid installments moved to or within that year because of days off, by due date."""
    return (
        PlanRow.objects.filter(
            paid_off_on__isnull=True, due_on__range=(date(year, 1, 1), date(year, 12, 31))
        )
        .exclude(due_on=F("seed_due_on"))
        .select_related("drawdown__merchant")
        .order_by("due_on", "id")
    )
