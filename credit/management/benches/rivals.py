"""The second process of a bench: django-hordak or django-ledger in a scratch database.

Started by `beside.py`, it answers each line `NAME SIZE BATCH` with a line of JSON: the seconds that
many entries of four postings took, and what the books held then. Everything is rolled back.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import django
from django.db import connection, transaction

WARM = 20  # entries before the clock runs, for the planner to see
DAY = date(2026, 3, 2)
AMOUNTS = (Decimal(1000), Decimal(-900), Decimal(-80), Decimal(-20))  # as posting.AMOUNTS, in yuan
Post = Callable[[list[str]], None]
Books = tuple[Post, Callable[[], tuple[int, int, Decimal]]]


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "platform_app.settings.bench"
    django.setup()
    kept = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)  # type: ignore[deprecated]  # an argument we leave out
    try:
        print("ready", flush=True)  # noqa: T201 -- the answer to whoever started us
        for line in sys.stdin:
            name, size, batch = line.split()
            answer = measured(name, int(size), int(batch))
            print(json.dumps(answer), flush=True)  # noqa: T201 -- as above
    finally:
        connection.creation.destroy_test_db(kept, verbosity=0)


def measured(name: str, size: int, batch: int) -> dict[str, Any]:
    with transaction.atomic():
        post, held = BOOKS[name](batch)
        post([f"warm-{number}" for number in range(WARM)])
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        keys = [f"entry-{number}" for number in range(size)]
        began = time.perf_counter()
        for start in range(0, size, batch):
            post(keys[start : start + batch])
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
        seconds = time.perf_counter() - began
        entries, postings, balance = held()
        transaction.set_rollback(True)
    return {
        "seconds": seconds, "entries": entries - WARM,
        "postings": postings - WARM * len(AMOUNTS), "balance": str(balance),
    }  # fmt: skip


def hordak(batch: int) -> Books:
    """One entry as its documentation does it, many by `bulk_create`; its triggers check both."""
    from hordak.models import Account, Leg, Transaction  # noqa: PLC0415 -- installed only here
    from moneyed import Money  # noqa: PLC0415 -- as above

    accounts = [
        Account.objects.create(name=f"account {n}", code=str(n), type="AS", currencies=["CNY"])
        for n in range(len(AMOUNTS))
    ]
    sides = [
        (account, "debit" if amount > 0 else "credit", Money(abs(amount), "CNY"))
        for account, amount in zip(accounts, AMOUNTS, strict=True)
    ]

    def post_one(keys: list[str]) -> None:
        for key in keys:
            entry = Transaction.objects.create(date=DAY, description=key)
            for account, side, money in sides:
                Leg.objects.create(transaction=entry, account=account, **{side: money})

    def post_many(keys: list[str]) -> None:
        entries = Transaction.objects.bulk_create(
            [Transaction(date=DAY, description=key) for key in keys]
        )
        Leg.objects.bulk_create(
            Leg(transaction=entry, account=account, **{side: money})
            for entry in entries
            for account, side, money in sides
        )

    def held() -> tuple[int, int, Decimal]:
        legs = Leg.objects.all()
        debit, credit = legs.sum_to_debit_and_credit()
        return Transaction.objects.count(), legs.count(), _of(debit) - _of(credit)

    return (post_many if batch > 1 else post_one), held


def _of(balance: Any) -> Decimal:
    return sum((Decimal(money.amount) for money in balance.monies()), Decimal(0))


def django_ledger(_batch: int) -> Books:
    """`commit_txs` with posting, entry by entry: it has no way to commit many."""
    from django.contrib.auth.models import User  # noqa: PLC0415 -- needs the bench's own settings
    from django_ledger.io import roles  # noqa: PLC0415 -- installed only here
    from django_ledger.models import (  # noqa: PLC0415 -- as above
        EntityModel,
        JournalEntryModel,
        TransactionModel,
    )

    owner = User.objects.create(username="bench")
    entity = EntityModel.create_entity(
        name="bench", use_accrual_method=True, admin=owner, fy_start_month=1
    )
    entity.create_chart_of_accounts(assign_as_default=True, commit=True, coa_name="bench")
    kinds = (roles.ASSET_CA_CASH, *[roles.ASSET_CA_RECEIVABLES] * (len(AMOUNTS) - 1))
    accounts = [
        entity.create_account(
            code=f"10{n}0", role=role, name=f"account {n}", balance_type="debit", active=True
        )
        for n, role in enumerate(kinds)
    ]
    books = entity.create_ledger(name="bench", posted=True)
    at = datetime(DAY.year, DAY.month, DAY.day, 2, tzinfo=UTC)

    def post(keys: list[str]) -> None:
        for key in keys:
            rows = [
                {"account": account, "amount": abs(amount), "description": key,
                 "tx_type": "debit" if amount > 0 else "credit"}
                for account, amount in zip(accounts, AMOUNTS, strict=True)
            ]  # fmt: skip
            books.commit_txs(je_timestamp=at, je_txs=rows, je_posted=True, je_desc=key)

    def held() -> tuple[int, int, Decimal]:
        rows = TransactionModel.objects.values_list("tx_type", "amount")
        balance = sum((amount if side == "debit" else -amount for side, amount in rows), Decimal(0))
        return JournalEntryModel.objects.filter(posted=True).count(), len(rows), balance

    return post, held


BOOKS: dict[str, Callable[[int], Books]] = {"hordak": hordak, "django_ledger": django_ledger}

if __name__ == "__main__":
    main()
