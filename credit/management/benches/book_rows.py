"""Open drawdowns by the million: copies of a few real ones, made in sets.

The templates were drawn through the operations and lived until the day of the bench. A copy, on
whatever platform, differs from its template in its ids and its order number only, so every
invariant holds for the copies as it does for the templates.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from credit.enums import AccountCode, EntryKind
from credit.models import (
    CreditLine,
    Drawdown,
    Hold,
    InterestSegment,
    LoanEvent,
    PlanRow,
    Quote,
)
from credit.operations import funding_caps, ledger
from credit.queries.balances import balances
from credit.queries.plans import derived, happenings
from platform_app.kernel import ids, planner
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from risk.operations import exposure

A_LINE = 10  # drawdowns of one line


@dataclass(frozen=True, slots=True)
class Template:
    """A real drawdown, and what it is worth to the books on the day of the bench."""

    drawdown: Drawdown
    outstanding_minor: int
    balances: Mapping[AccountCode, int]

    @classmethod
    def of(cls, drawdown: Drawdown, day: date) -> "Template":
        answer = derived(drawdown, happenings(drawdown.id), as_of=day)
        return cls(drawdown, answer.outstanding_principal_minor, balances(answer))


@dataclass(frozen=True, slots=True)
class Target:
    """The platform that gets the copies, by a line and a quote of its own; `number` names it."""

    tenant_id: str
    number: int
    line: CreditLine
    quote: Quote

    @property
    def funding_source_id(self) -> str:
        return str(self.line.product_version.funding_source_id)

    def id_of(self, number: str) -> str:
        """SQL of an id made of the platform's number and the row's."""
        return f"('{self.number:08x}-0000-7000-8000-' || lpad(to_hex({number}), 12, '0'))::uuid"


def copy(wanted: Sequence[tuple[Template, int]], into: Target, *, day: date, at: datetime) -> None:
    """Add so many copies of each template to the platform's rows and books, in sets."""
    lines = -(-sum(copies for _, copies in wanted) // A_LINE)
    with platform_scope():
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
        # A merchant has one open line of a product; the copies are closed ones of one merchant.
        _copy(
            CreditLine, "lin", into.line, lines,
            {"id": into.id_of("g"), "status": "'closed'", "used_minor": "0", "held_minor": "0"},
        )  # fmt: skip
        begun = 0
        for template, copies in wanted:
            _copy_drawdowns(template, copies, into, begun, day)
            begun += copies
        with planner.join_by_hashing():
            _execute(USE, {"tenant": str(ids.to_uuid("tnt", into.tenant_id))})
        _execute("SET CONSTRAINTS ALL DEFERRED")
    with tenant_scope(into.tenant_id):
        outstanding = sum(one.outstanding_minor * copies for one, copies in wanted)
        exposure.move(slice_no=0, amount_minor=outstanding)
        out = {into.funding_source_id: outstanding}
        funding_caps.add(amounts=out, line_id=into.line.id)
        amounts: Counter[AccountCode] = Counter()
        for template, copies in wanted:
            amounts.update({code: n * copies for code, n in template.balances.items()})
        ledger.post(
            kind=EntryKind.ADJUSTMENT, key=f"bench:{day}",
            funding_source_id=into.funding_source_id, amounts=amounts, value_on=day,
            booked_on=day, at=at,
        )  # fmt: skip


USE = """
UPDATE credit_creditline l SET used_minor = l.used_minor + d.used FROM (
    SELECT line_id, sum(outstanding_principal_minor) AS used FROM credit_drawdown
    WHERE tenant_id = %(tenant)s AND order_no LIKE 'C%%' GROUP BY 1) d
WHERE l.tenant_id = %(tenant)s AND l.id = d.line_id
"""


def _copy_drawdowns(template: Template, copies: int, into: Target, begun: int, day: date) -> None:
    number = f"(g + {begun})"
    own, of_line = into.id_of(number), into.id_of(f"(({number} - 1) / {A_LINE} + 1)")
    tenant = {"tenant_id": _uuid("tnt", into.tenant_id)}
    source = {"funding_source_id": _uuid("fnd", into.funding_source_id)}
    _copy(
        Drawdown, "drw", template.drawdown, copies,
        {**tenant, **source, "id": own, "line_id": of_line, "order_no": f"'C' || {number}",
         "external_id": f"'C' || {number}", "quote_id": _uuid("quo", into.quote.id),
         "merchant_id": _uuid("mch", into.line.merchant_id)},
    )  # fmt: skip
    children: dict[Any, dict[str, str]] = {
        PlanRow: {},
        InterestSegment: {**source, "product_id": _uuid("prd", into.line.product_id)},
        # Nothing is booked into a closed day; the value date is the template's.
        LoanEvent: {"key": f"src.key || ':' || {number}", "booked_on": f"DATE '{day}'"},
        Hold: {"line_id": of_line},
    }
    for model, changed in children.items():
        of_ours = {**tenant, "id": "uuidv7()", "drawdown_id": own, **changed}
        _copy(model, "drw", template.drawdown, copies, of_ours, by="drawdown_id")


def _uuid(prefix: str, public_id: str) -> str:
    return f"'{ids.to_uuid(prefix, public_id)}'::uuid"


def _copy(
    model: Any, prefix: str, template: Any, copies: int, changed: Mapping[str, str], *,
    by: str = "id",
) -> None:  # fmt: skip
    table = model._meta.db_table
    columns = [field.column for field in model._meta.concrete_fields if not field.generated]
    values = ", ".join(changed.get(name, f'src."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    _execute(
        f"INSERT INTO {table} ({names}) SELECT {values}"  # noqa: S608 -- names of our own
        f" FROM {table} src CROSS JOIN generate_series(1, %(copies)s) g"
        f" WHERE src.tenant_id = {_uuid('tnt', template.tenant_id)}"
        f" AND src.{by} = {_uuid(prefix, template.id)}",
        {"copies": copies},
    )


def _execute(sql: str, params: Mapping[str, Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
