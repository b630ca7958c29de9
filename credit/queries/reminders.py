"""Which installments a day's timetable says to remind of."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Exists, OuterRef

from credit.domain.reminders import FIRST_DAYS_BEFORE, LAST_DAYS_AFTER, RULES, TIMETABLE
from credit.domain.terms import LONGEST_GRACE_DAYS
from credit.enums import ReminderStatus
from credit.models import PlanRow, Reminder
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from tenants.models import MerchantPerson

# Due dates are narrowed to what any rule can reach, so that the index of unpaid rows serves.
DUE = """
SELECT d.id, d.merchant_id, d.order_no, d.grace_days, r.seq, r.due_on, k.kind,
       r.unpaid_minor AS unpaid
FROM credit_planrow r
JOIN credit_drawdown d ON d.tenant_id = r.tenant_id AND d.id = r.drawdown_id
JOIN unnest(%(kinds)s::text[], %(anchors)s::text[], %(days)s::int[], %(graces)s::int[])
    AS k(kind, anchor, days, least_grace)
  ON r.due_on + k.days + CASE k.anchor WHEN 'grace' THEN d.grace_days ELSE 0 END = %(on)s
 AND d.grace_days >= k.least_grace
WHERE r.tenant_id = %(tenant)s AND r.paid_off_on IS NULL
  AND r.due_on BETWEEN %(first)s AND %(last)s
  AND d.status IN ('repaying', 'partially_captured')
  AND NOT EXISTS (SELECT 1 FROM credit_reminder m
                  WHERE m.tenant_id = r.tenant_id AND m.drawdown_id = d.id AND m.seq = r.seq
                    AND m.kind = k.kind AND m.due_on = r.due_on)
  AND NOT EXISTS (SELECT 1 FROM credit_dispute p
                  WHERE p.tenant_id = r.tenant_id AND p.drawdown_id = d.id AND p.status = 'open')
ORDER BY d.merchant_id, r.due_on, d.id, r.seq
"""
# Who of a firm is written to: the first of these it has named.
PREFERRED: Final = ("finance_contact", "applicant", "legal_representative")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReminder:
    """One installment that one rule says to remind of, in fen."""

    drawdown_id: str
    merchant_id: str
    order_no: str
    seq: int
    due_on: date
    grace_until_on: date
    kind: str
    amount_minor: int

    @property
    def rank(self) -> int:
        """How pressing: later in the timetable is more."""
        return list(RULES).index(self.kind)


def due_reminders(*, on: date) -> list[DueReminder]:
    """Everything to remind of on `on` and not yet reminded of: one statement."""
    params: dict[str, Any] = {
        "tenant": str(ids.to_uuid("tnt", current_tenant_id())),
        "on": on,
        "first": on - timedelta(days=LONGEST_GRACE_DAYS + LAST_DAYS_AFTER),
        "last": on + timedelta(days=FIRST_DAYS_BEFORE),
        "kinds": [rule.kind for rule in TIMETABLE],
        "anchors": [rule.anchor for rule in TIMETABLE],
        "days": [rule.days for rule in TIMETABLE],
        "graces": [rule.least_grace for rule in TIMETABLE],
    }
    with connection.cursor() as cursor:
        cursor.execute(DUE, params)
        rows = cursor.fetchall()
    return [
        DueReminder(
            drawdown_id=ids.from_uuid("drw", drawdown),
            merchant_id=ids.from_uuid("mch", merchant),
            order_no=order_no,
            seq=seq,
            due_on=due_on,
            grace_until_on=due_on + timedelta(days=grace),
            kind=kind,
            amount_minor=int(unpaid),
        )
        for drawdown, merchant, order_no, grace, seq, due_on, kind, unpaid in rows
        if unpaid > 0
    ]


def people_to_write_to(merchant_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Roles and person ids of each firm, the preferred role first."""
    people = MerchantPerson.objects.filter(merchant_id__in=merchant_ids, role__in=PREFERRED)
    found: dict[str, dict[str, str]] = {}
    for merchant_id, role, person_id in sorted(
        people.values_list("merchant_id", "role", "id"),
        key=lambda row: PREFERRED.index(row[1]),
    ):
        found.setdefault(merchant_id, {})[role] = person_id
    return found


def waiting_reminders(*, on: date) -> list[Reminder]:
    """Reminders whose text message has not gone out yet, locked; `is_unpaid` as of now."""
    unpaid = PlanRow.objects.filter(
        drawdown_id=OuterRef("drawdown_id"),
        seq=OuterRef("seq"),
        due_on=OuterRef("due_on"),
        paid_off_on=None,
    )
    rows = Reminder.objects.select_for_update().filter(on=on, status=ReminderStatus.WAITING)
    return list(rows.annotate(is_unpaid=Exists(unpaid)).order_by("id"))
