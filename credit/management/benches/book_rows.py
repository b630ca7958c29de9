"""Open drawdowns by the million: copies of a few real ones, made in sets.

The templates were drawn through the operations and lived until the day of the bench. A copy differs
from its template in its ids, its order number and its line, so every invariant holds for the copies
as it does for the templates.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from credit.enums import EntryKind
from credit.models import (
    CreditLine,
    Drawdown,
    Hold,
    InterestSegment,
    LoanEvent,
    PlanRow,
)
from credit.operations import ledger
from credit.operations.balances import balances
from credit.queries.plans import derived, happenings
from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from risk.operations import exposure

A_LINE = 10  # drawdowns of one line
CHILDREN: Mapping[Any, str] = {PlanRow: "seq", InterestSegment: "1", LoanEvent: "1", Hold: "1"}


@dataclass(frozen=True, slots=True)
class Template:
    """A real drawdown, and how many copies of it there are to be."""

    drawdown: Drawdown
    copies: int


def copy(
    templates: list[Template], line: CreditLine, *, tenant_no: int, day: date, at: datetime
) -> None:
    """Add the copies to the tenant's rows and books, in sets."""
    total = sum(one.copies for one in templates)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    lines = -(-total // A_LINE)
    # A merchant has one open line of a product; the copies are closed lines of the same merchant.
    _copy(
        CreditLine, line.id, lines,
        {"id": _id(tenant_no, "g"), "status": "'closed'", "used_minor": "0", "held_minor": "0"},
    )  # fmt: skip
    begun = 0
    for one in templates:
        _copy_drawdowns(one, tenant_no, begun)
        begun += one.copies
    _use(templates, day, at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _copy_drawdowns(one: Template, tenant_no: int, begun: int) -> None:
    number = f"(g + {begun})"
    own, of_line = _id(tenant_no, number), _id(tenant_no, f"(({number} - 1) / {A_LINE} + 1)")
    _copy(
        Drawdown, one.drawdown.id, one.copies,
        {"id": own, "line_id": of_line, "order_no": f"'C' || {number}",
         "external_id": f"'C' || {number}"},
    )  # fmt: skip
    for model in CHILDREN:
        changed = {"id": "uuidv7()", "drawdown_id": own}
        if model is LoanEvent:
            changed["key"] = f"src.key || ':' || {number}"
        if model is Hold:
            changed["line_id"] = of_line
        _copy(model, one.drawdown.id, one.copies, changed, by="drawdown_id")


def _id(tenant_no: int, number: str) -> str:
    """An id made of the tenant's number and the row's."""
    return f"('{tenant_no:08x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def _copy(
    model: Any, template: str, copies: int, changed: Mapping[str, str], *, by: str = "id"
) -> None:
    table = model._meta.db_table
    columns = [f.column for f in model._meta.concrete_fields if not f.generated]
    values = ", ".join(changed.get(name, f'src."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    prefix, _, _ = template.partition("_")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values}"  # noqa: S608 -- names of our own
            f" FROM {table} src CROSS JOIN generate_series(1, %s) g"
            f" WHERE src.tenant_id = %s AND src.{by} = %s",
            [copies, str(ids.to_uuid("tnt", current_tenant_id())),
             str(ids.to_uuid(prefix, template))],
        )  # fmt: skip


def _use(templates: list[Template], day: date, at: datetime) -> None:
    """Lines, the exposure pool and the accounts carry the copies too."""
    amounts: Counter[Any] = Counter()
    outstanding = 0
    for one in templates:
        answer = derived(one.drawdown, happenings(one.drawdown.id), as_of=day)
        outstanding += answer.outstanding_principal_minor * one.copies
        for code, amount in balances(answer).items():
            amounts[code] += amount * one.copies
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE credit_creditline l SET used_minor = d.used FROM ("
            " SELECT line_id, sum(outstanding_principal_minor) AS used FROM credit_drawdown"
            " WHERE tenant_id = %(tenant)s GROUP BY 1) d"
            " WHERE l.tenant_id = %(tenant)s AND l.id = d.line_id",
            {"tenant": str(ids.to_uuid("tnt", current_tenant_id()))},
        )
    exposure.move(slice_no=0, amount_minor=outstanding)
    ledger.post(
        kind=EntryKind.ADJUSTMENT, key=f"bench:{day}", funding_source_id=_source(templates),
        amounts=amounts, value_on=day, booked_on=day, at=at,
    )  # fmt: skip


def _source(templates: list[Template]) -> str:
    return templates[0].drawdown.funding_source_id
