"""Transactions that are run again when the database ended them for the sake of another."""

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import Final, ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
T = TypeVar("T")

# serialization_failure and deadlock_detected: nothing was done, and a second try may well pass.
_AGAIN: Final = frozenset({"40001", "40P01"})
TRIES: Final = 3
LONGEST_WAIT: Final = 0.2  # seconds, times the number of the try


def retrying(act: Callable[P, T]) -> Callable[P, T]:
    """`transaction.atomic`, and when it is the outermost one, up to three tries.

    Only a deadlock or a serialization failure is tried again, after a random wait. Inside another
    transaction the failure is that one's to handle: this is then a plain `atomic`.
    """

    @wraps(act)
    def tried(*args: P.args, **kwargs: P.kwargs) -> T:
        if connection.in_atomic_block:
            with transaction.atomic():
                return act(*args, **kwargs)
        for number in range(1, TRIES):
            try:
                with transaction.atomic():
                    return act(*args, **kwargs)
            except OperationalError as fault:
                if getattr(fault.__cause__, "pgcode", None) not in _AGAIN:
                    raise
                time.sleep(random.uniform(0, LONGEST_WAIT * number))  # noqa: S311 -- only jitter
        with transaction.atomic():
            return act(*args, **kwargs)

    return tried
