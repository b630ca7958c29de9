"""Bank statements: taken in once, then matched flow by flow with what we know.

A flow is, in this order: the repayment it names, the settlement it names, a payment to a merchant's
own account number, or money for suspense. What names a repayment or a settlement with another
amount is left unmatched: that is a break, and booking it again would book it twice.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from credit.errors import BadBankFile
from credit.gateways.bank_file import BadRow, FlowRow, Unreadable, read_flows
from credit.models import BankFlow, FundingSource
from platform_app.kernel import audit, events, jobs
from platform_app.kernel.errors import NotFound, gettext_noop
from platform_app.kernel.scope import current_tenant_id

OTHER_AMOUNT = gettext_noop("This reference was imported before with another amount or day.")
TWICE = gettext_noop("This reference stands in the file twice.")


@dataclass(slots=True)
class BankFileReport:
    """What importing a file does, or would do; amounts in fen."""

    created_count: int = 0
    repeated_count: int = 0
    in_minor: int = 0
    out_minor: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)


def check_bank_file(*, funding_source_id: str, content: bytes) -> BankFileReport:
    """What importing the file would do; nothing is written. Raises NotFound, BadBankFile."""
    return _sorted_out(funding_source_id, content)[0]


@transaction.atomic
def import_bank_file(
    *, funding_source_id: str, content: bytes, file_name: str, actor: str, at: datetime
) -> BankFileReport:
    """Take a statement in; a line whose reference is known already is counted as repeated.

    Matching follows in the background. Raises NotFound, BadBankFile.
    """
    report, rows = _sorted_out(funding_source_id, content)
    BankFlow.objects.bulk_create(
        [
            BankFlow(
                funding_source_id=funding_source_id, bank_reference=row.bank_reference, on=row.on,
                amount_minor=row.amount_minor, counterparty=row.counterparty,
                account_no=row.account_no, memo=row.memo, imported_at=at,
            )
            for row in rows
        ],
        batch_size=2_000,
    )  # fmt: skip
    counted = {
        "created_count": report.created_count, "repeated_count": report.repeated_count,
        "refused_count": len(report.bad_rows),
    }  # fmt: skip
    audit.record(
        actor=actor, action="bank_file.import", subject=funding_source_id, at=at,
        after={"file_name": file_name, **counted},
    )  # fmt: skip
    events.record(
        "credit.bank_file.imported", subject=funding_source_id, actor=actor, at=at, props=counted
    )
    if rows:
        jobs.enqueue("credit.match_flows", tenant_id=current_tenant_id())
    return report


def _sorted_out(funding_source_id: str, content: bytes) -> tuple[BankFileReport, list[FlowRow]]:
    """The report, and the rows that are new."""
    if not FundingSource.objects.filter(pk=funding_source_id).exists():
        raise NotFound(noun="funding source")
    try:
        rows, bad = read_flows(content)
    except Unreadable as problem:
        raise BadBankFile(field="file", reason=problem.reason) from None
    known = {
        reference: (on, amount)
        for reference, on, amount in BankFlow.objects.filter(
            funding_source_id=funding_source_id,
            bank_reference__in=[row.bank_reference for row in rows],
        ).values_list("bank_reference", "on", "amount_minor")
    }
    report = BankFileReport(bad_rows=bad)
    new: dict[str, FlowRow] = {}
    for row in rows:
        if row.bank_reference in known:
            if known[row.bank_reference] == (row.on, row.amount_minor):
                report.repeated_count += 1
            else:
                bad.append(BadRow(row.line_no, OTHER_AMOUNT))
        elif row.bank_reference in new:
            bad.append(BadRow(row.line_no, TWICE))
        else:
            new[row.bank_reference] = row
    found = list(new.values())
    report.created_count = len(found)
    report.in_minor = sum(row.amount_minor for row in found if row.amount_minor > 0)
    report.out_minor = -sum(row.amount_minor for row in found if row.amount_minor < 0)
    bad.sort(key=lambda row: row.line_no)
    return report, found
