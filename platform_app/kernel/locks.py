"""Every lock key and the order they are taken in.

Lock order, always: an invited merchant → the inviter's link; a referral → coupon batches by id →
credit line row → the merchant's cap → the firm's user → drawdown rows by id → a drawdown's discount
→ a funded merchant's advisory lock → funding cap slices by source and number → exposure bucket rows
→ the legal entity's exposure. Nothing locks a tenant-wide row. Advisory locks below are for work
that has no row of its own; each lives in the transaction that took it.
"""

from enum import IntEnum

from django.db import connection


class LockSpace(IntEnum):
    """The first half of an advisory lock key: what kind of thing is locked."""

    IDEMPOTENCY = 1
    AUDIT_CHAIN = 2
    DECISION_CHAIN = 3
    BUSINESS_DAY = 4
    FUNDED_MERCHANT = 5
    SCORE_RUN = 6
    POOL = 8
    REFERRAL_TERMS = 9


def hold(space: LockSpace, name: str) -> None:
    """Wait for the lock; it is released with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [space, name])


def try_hold(space: LockSpace, name: str) -> bool:
    """Take the lock if nobody has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [space, name])
        row = cursor.fetchone()
    return bool(row and row[0])
