"""`bench hot_line`: many clients draw on one line at once, against each on a line of its own."""

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from credit.management.benches.lending import ACTOR, check, lines_of, platform_of, versions
from credit.models import CreditLine, Quote
from credit.operations.drawdowns import request_drawdown
from credit.operations.quotes import make_quotes
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.errors import DomainError
from platform_app.kernel.tenancy import tenant_scope

CLIENTS = 32
RUNS = 3
AMOUNT = 10_000


def run(size: int) -> dict[str, Any]:
    """`size` requests, in equal parts from each of 32 clients: at least one of each.

    The line fits half of what is asked on it.
    """
    each, at = max(1, size // CLIENTS), clock.now()
    asked = CLIENTS * each
    tenant = platform_of(clock.today(), at)
    with tenant_scope(tenant.id):
        lines = lines_of(CLIENTS + RUNS, at)
        room = asked // 2
        hot = [_with_room(line, room) for line in lines[CLIENTS:]]
        cold = lines[:CLIENTS]
        measured = []
        for number, line in enumerate(hot):
            alone = _measure(tenant.id, [line] * CLIENTS, each, f"hot{number}")
            apart = _measure(tenant.id, cold, each, f"cold{number}")
            check(
                alone[1] == {"done": room, "line_insufficient": asked - room},
                f"one line: {alone[1]}",
            )
            check(apart[1] == {"done": asked}, f"lines of their own: {apart[1]}")
            line.refresh_from_db()
            check(
                line.held_minor == room * AMOUNT <= line.limit_minor, "the line is over its limit"
            )
            measured.append((alone[0], apart[0]))
        broken = {k: n for k, n in full_checks(accrued_through=open_day()).items() if n}
        check(not broken, str(broken))
    seconds, baseline = sorted(measured, key=lambda pair: pair[0] / pair[1])[RUNS // 2]
    return {
        "name": "hot_line", "size": asked, "clients": CLIENTS, "seconds": round(seconds, 4),
        "baseline_seconds": round(baseline, 4), "ratio": round(baseline / seconds, 3),
        "requests_per_second": round(asked / seconds, 1),
        "drawdowns_per_second": round(room / seconds, 1), "checked": True, "versions": versions(),
    }  # fmt: skip


def _with_room(line: CreditLine, drawdowns: int) -> CreditLine:
    CreditLine.objects.filter(pk=line.pk).update(limit_minor=drawdowns * AMOUNT)
    line.refresh_from_db()
    return line


def _measure(
    tenant_id: str, lines: Sequence[CreditLine], size: int, run_name: str
) -> tuple[float, Counter[str]]:
    quotes = [
        [_quote(line, f"{run_name}-{client}-{n}") for n in range(size)]
        for client, line in enumerate(lines)
    ]
    start = Barrier(CLIENTS + 1)

    def ask(mine: Sequence[Quote]) -> Counter[str]:
        ended: Counter[str] = Counter()
        try:
            with tenant_scope(tenant_id):
                open_day()  # connects
                start.wait(60)
                for quote in mine:
                    ended[_draw(quote)] += 1
        finally:
            connection.close()
        return ended

    with ThreadPoolExecutor(CLIENTS) as pool:
        asked = [pool.submit(ask, mine) for mine in quotes]
        start.wait(60)
        began = time.perf_counter()
        ended = sum((one.result() for one in asked), Counter[str]())
        return time.perf_counter() - began, ended


def _quote(line: CreditLine, order_no: str) -> Quote:
    code = line.offer.option_codes[0]
    return make_quotes(
        line_id=line.id, amount_minor=AMOUNT, order_no=order_no, option_codes=[code],
        at=clock.now(),
    )[0]  # fmt: skip


def _draw(quote: Quote) -> str:
    try:
        request_drawdown(
            line_id=quote.line_id, quote_id=quote.id, external_id=quote.order_no, actor=ACTOR,
            at=clock.now(),
        )  # fmt: skip
    except DomainError as refusal:
        return refusal.code
    return "done"
