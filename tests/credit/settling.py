"""Steps of money going round, for tests: each goes through the public operations."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from credit.enums import AccountCode, EntryKind
from credit.gateways.bank import InProcessBank
from credit.models import (
    DirectDebit,
    FundingSource,
    GuarantorClaim,
    Posting,
    SaleDeduction,
    SettlementLine,
    SettlementTerms,
    VirtualAccount,
)
from credit.operations import ledger
from credit.operations.bank_flows import BankFileReport, import_bank_file
from credit.operations.breaks import reconcile
from credit.operations.deductions import agree_deduction, deduct_from_sale
from credit.operations.direct_debits import request_debit, sign_mandate
from credit.operations.flow_matching import match_flows
from credit.operations.guarantees import record_guarantor_payout, record_recovery
from credit.operations.settlement_terms import set_settlement_terms
from credit.operations.virtual_accounts import open_virtual_account
from credit.queries.business_day import open_day, open_day_for_booking
from credit.queries.proofs import full_checks
from credit.queries.settlements import carried
from tests.credit import lives

TENTH = Decimal("0.1")
TITLES = "bank_reference,booked_on,amount_yuan,counterparty,account_no,memo"


def source_id() -> str:
    """The funding source of a tenant that has one."""
    return str(FundingSource.objects.order_by("id")[0].id)


def refunded(amount_minor: int, key: str, at: datetime) -> None:
    """The partner owes this much back: what a refund of goods posts on its side."""
    day = open_day_for_booking()
    ledger.post(
        kind=EntryKind.REFUND, key=key, funding_source_id=source_id(),
        amounts={AccountCode.PARTNER_PAYABLE: amount_minor, AccountCode.OVERPAYMENT: -amount_minor},
        value_on=day, booked_on=day, at=at,
    )  # fmt: skip


@transaction.atomic
def refunded_in_its_own_transaction(amount_minor: int, key: str, at: datetime) -> None:
    """For races: the day stays open until this refund has committed."""
    refunded(amount_minor, key, at)


def still_carried() -> list[SettlementLine]:
    """Nets that wait for the next batch."""
    return list(carried().values())


def account_of(merchant_id: str, at: datetime) -> VirtualAccount:
    """The merchant's own account number."""
    return open_virtual_account(
        merchant_id=merchant_id, funding_source_id=source_id(), bank=InProcessBank(),
        actor=lives.ACTOR, at=at,
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


def imported(at: datetime, *rows: str) -> BankFileReport:
    """Import a statement; matching is still to come."""
    return import_bank_file(
        funding_source_id=source_id(), content=statement(*rows), file_name="bank.csv",
        actor=lives.ACTOR, at=at,
    )  # fmt: skip


def banked(at: datetime, *rows: str) -> BankFileReport:
    """Import a statement and match it."""
    report = imported(at, *rows)
    match_flows(actor=lives.ACTOR, at=at)
    return report


def balance(code: AccountCode) -> int:
    """The balance of an account, debit positive."""
    return sum(Posting.objects.filter(account__code=code).values_list("amount_minor", flat=True))


def proven() -> bool:
    """Every invariant of the books and of settlement holds."""
    checks = full_checks(accrued_through=open_day())
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


def leave_one_of_everything(merchant_id: str, drawdown_id: str, number: str, at: datetime) -> None:
    """At least one row in every table of money going round."""
    agreed(at, holdback_fraction=TENTH, holdback_days=3)
    account_of(merchant_id, at)
    banked(at, f"B-{number},{open_day()},1.00,示例,,", f"C-{number},{open_day()},-1.00,示例,,")
    reconcile(actor=lives.ACTOR, at=at)
    sign_mandate(
        merchant_id=merchant_id, account_no="6222000000001234", bank=InProcessBank(),
        actor=lives.ACTOR, at=at,
    )  # fmt: skip
    debited(drawdown_id, 100, f"DD-{number}", at)
    agree_deduction(merchant_id=merchant_id, fraction=TENTH, actor=lives.ACTOR, at=at)
    sold(merchant_id, f"S-{number}", at)
    claim = guaranteed(drawdown_id, f"G-{number}", at)
    record_recovery(
        claim_id=claim.id, amount_minor=50, external_id=f"R-{number}", actor=lives.ACTOR, at=at
    )


def debited(drawdown_id: str, amount_minor: int, key: str, at: datetime) -> DirectDebit:
    return request_debit(
        drawdown_id=drawdown_id, amount_minor=amount_minor, external_id=key, actor=lives.ACTOR,
        at=at,
    )  # fmt: skip


def sold(merchant_id: str, number: str, at: datetime) -> SaleDeduction:
    return deduct_from_sale(
        merchant_id=merchant_id, sale_external_id=number, sale_minor=100, actor=lives.ACTOR, at=at
    )


def guaranteed(drawdown_id: str, number: str, at: datetime) -> GuarantorClaim:
    return record_guarantor_payout(
        drawdown_id=drawdown_id, guarantor="示例担保有限公司", amount_minor=100,
        external_id=number, actor=lives.ACTOR, at=at,
    )  # fmt: skip
