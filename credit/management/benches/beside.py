"""Our ledger side by side with django-hordak and django-ledger: the same entries, the same server.

They need applications, tables and settings that the product must not have: a second process holds
them in a scratch database (`rivals.py`), and the runs take turns.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from typing import IO

from django.core.management.base import CommandError

from credit.management.benches import posting
from credit.management.benches.measure import RUNS, Bench, Measured, check, timed
from credit.models import JournalEntry
from credit.values import NewEntry
from tenants.models import Tenant

Post = Callable[[list[NewEntry]], None]


def measured(rival: str, batch: int, post: Post, size: int) -> list[Measured]:
    """Seconds of ours and of theirs, run by run."""
    runs = []
    with _rival() as (ask, answers):
        for run in range(RUNS):
            posting.warm_up(run)
            entries = posting.new_entries(size, f"{rival}-{run}")
            before = JournalEntry.objects.count()
            ours = timed(partial(post, entries))
            posted = JournalEntry.objects.count() - before
            check(posted == size, f"{posted} entries of ours")
            ask.write(f"{rival} {size} {batch}\n")
            ask.flush()
            theirs = json.loads(answers.readline() or "{}")
            found = [theirs.get(name) for name in ("entries", "postings")]
            check(
                found == [size, len(posting.AMOUNTS) * size] and float(theirs["balance"]) == 0,
                f"{theirs} of theirs",
            )
            runs.append((ours, theirs["seconds"]))
    return runs


@contextmanager
def _rival() -> Iterator[tuple[IO[str], IO[str]]]:
    if not (find_spec("hordak") and find_spec("django_ledger")):
        msg = "django-hordak and django-ledger are development dependencies: uv sync"
        raise CommandError(msg)
    command = [sys.executable, "-W", "ignore", "-m", "credit.management.benches.rivals"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        ask, answers = process.stdin, process.stdout
        if ask is None or answers is None or answers.readline() != "ready\n":
            msg = "the process beside us did not start"
            raise CommandError(msg)
        yield ask, answers
        ask.close()


def _bench(rival: str, batch: int, post: Post, baseline: str) -> Bench:
    def measure(_tenant: Tenant, size: int) -> list[Measured]:
        return measured(rival, batch, post, size)

    return Bench(measure, "entries", baseline, (_PACKAGES[rival],))


_PACKAGES = {"hordak": "django-hordak", "django_ledger": "django-ledger"}
_ONE, _MANY = posting.post_one_by_one, posting.post_in_batches
BENCHES = {
    "posting_hordak": _bench("hordak", 1, _MANY, "many: django-hordak, as documented"),
    "posting_hordak_one": _bench("hordak", 1, _ONE, "one by one: django-hordak, as documented"),
    "posting_hordak_bulk": _bench(
        "hordak", posting.BATCH, _MANY, "many: bulk_create past django-hordak's own checks"
    ),
    "posting_django_ledger": _bench("django_ledger", 1, _MANY, "many: django-ledger's commit_txs"),
    "posting_django_ledger_one": _bench(
        "django_ledger", 1, _ONE, "one by one: django-ledger's commit_txs"
    ),
}
