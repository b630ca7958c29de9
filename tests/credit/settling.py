"""Steps of money going round, for tests: each goes through the public operations."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from credit.enums import AccountCode, EntryKind
from credit.models import FundingSource, Posting, SettlementTerms
from credit.operations import ledger
from credit.operations.bank_flows import BankFileReport, import_bank_file
from credit.operations.flow_matching import match_flows
from credit.operations.settlement_terms import set_settlement_terms
from credit.queries.business_day import open_day, open_day_for_booking
from credit.queries.proofs import full_checks
from credit.queries.settlement_proofs import settlement_checks
from tests.credit import lives

TITLES = "bank_reference,booked_on,amount_yuan,counterparty,account_no,memo"


def source_id() -> str:
    """The funding source of a tenant that has one."""
    return FundingSource.objects.get().id


def refunded(amount_minor: int, key: str, at: datetime) -> None:
    """The partner owes this much back: what a refund of goods posts on its side."""
    day = open_day_for_booking()
    ledger.post(
        kind=EntryKind.REFUND, key=key, funding_source_id=source_id(),
        amounts={AccountCode.PARTNER_PAYABLE: amount_minor, AccountCode.OVERPAYMENT: -amount_minor},
        value_on=day, booked_on=day, at=at,
    )  # fmt: skip


def agreed(at: datetime, **terms: Any) -> SettlementTerms:
    """Settlement terms from the open day on; T+1 and nothing else unless said."""
    said: dict[str, Any] = {
        "payout_days": 1, "pays_on_workdays_only": False, "fee_fraction": Decimal(0),
        "holdback_fraction": Decimal(0), "holdback_days": 0, "revenue_share_fraction": Decimal(0),
        **terms,
    }  # fmt: skip
    return set_settlement_terms(funding_source_id=source_id(), **said, actor=lives.ACTOR, at=at)


def statement(*rows: str) -> bytes:
    """A bank statement: each row `reference,day,yuan,counterparty,account,memo`."""
    return "\n".join([TITLES, *rows]).encode()


def banked(at: datetime, *rows: str) -> BankFileReport:
    """Import a statement and match it."""
    report = import_bank_file(
        funding_source_id=source_id(), content=statement(*rows), file_name="bank.csv",
        actor=lives.ACTOR, at=at,
    )  # fmt: skip
    match_flows(actor=lives.ACTOR, at=at)
    return report


def balance(code: AccountCode) -> int:
    """The balance of an account, debit positive."""
    return sum(Posting.objects.filter(account__code=code).values_list("amount_minor", flat=True))


def proven() -> bool:
    """Every invariant of the books and of settlement holds."""
    checks = {**full_checks(accrued_through=open_day()), **settlement_checks()}
    return [name for name, broken in checks.items() if broken] == []


def sql_refused(statement: str) -> str:
    """The name of the constraint that stands in the way of raw SQL."""
    with pytest.raises((IntegrityError, InternalError)) as caught, transaction.atomic():
        _run_to_the_commit(statement)
    cause: Any = caught.value.__cause__
    return str(cause.diag.constraint_name)


def _run_to_the_commit(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
