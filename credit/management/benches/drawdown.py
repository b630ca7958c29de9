"""`bench drawdown`: signed, idempotent POST /v1/drawdowns over HTTP, against an empty view.

A real server process answers; eight clients draw on lines of their own. The statements of one
drawdown are counted in this process, through the same middleware and view.
"""

import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from django.core.management.base import CommandError
from django.db import connection
from django.test import Client

from credit.management.benches.lending import ACTOR, check, lines_of, platform_of, versions
from credit.management.outside import Partner
from credit.models import CreditLine, Drawdown, Quote
from credit.operations.quotes import make_quotes
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import KeyScope
from tenants.operations.credentials import create_hmac_key

CLIENTS = 8
RUNS = 3
AMOUNT = 10_000
START_SECONDS = 120
CREATED, OK = 201, 200


def run(size: int) -> dict[str, Any]:
    """`size` drawdowns a run, in equal parts from each of 8 clients: at least one of each."""
    each, at = max(1, size // CLIENTS), clock.now()
    tenant = platform_of(clock.today(), at)
    with tenant_scope(tenant.id):
        key, secret = create_hmac_key(
            label="bench", scopes=list(KeyScope.values), actor=ACTOR, at=at
        )
        lines = lines_of(CLIENTS, at)
        CreditLine.objects.update(limit_minor=(RUNS * each + 10) * AMOUNT * 10)
        port = free_port()
        partner = Partner(f"http://127.0.0.1:{port}", key.id, secret)
        fresh = _statements(partner, lines[0], ["bullet_60", "equal_6"])
        server = serve(port)
        try:
            measured = [_measure(partner, lines, each, n) for n in range(RUNS)]
        finally:
            stop(server)
        worn = _statements(partner, lines[0], ["bullet_60", "equal_6"])
        check(len({*fresh, *worn}) == 1, f"statements differ: {fresh} and then {worn}")
        drawn = Drawdown.objects.filter(external_id__startswith="R").count()
        check(drawn == RUNS * each * CLIENTS, f"{drawn} drawdowns")
        broken = {k: n for k, n in full_checks(accrued_through=open_day()).items() if n}
        check(not broken, str(broken))
    seconds = statistics.median(ours for ours, _ in measured)
    baseline = statistics.median(empty for _, empty in measured)
    return {
        "name": "drawdown", "size": each * CLIENTS, "seconds": round(seconds, 4),
        "baseline_seconds": round(baseline, 4), "ratio": round(baseline / seconds, 3),
        "per_second": round(each * CLIENTS / seconds, 1), "statements": fresh[0], "checked": True,
        "versions": versions(),
    }  # fmt: skip


def serve(port: int) -> subprocess.Popen[bytes]:
    """A web process of ours at this port, once it answers. Raises CommandError."""
    command = [
        sys.executable, "-m", "gunicorn", "platform_app.wsgi", "-b", f"127.0.0.1:{port}",
        "--workers", "2", "--threads", "4", "--log-level", "warning",
    ]  # fmt: skip
    # Eight clients share one key: requests are not counted, or most would be refused.
    server = subprocess.Popen(command, env={**os.environ, "API_RATE_PER_SECOND": "0"})
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        try:
            requests.get(f"http://127.0.0.1:{port}/healthz/ready", timeout=5)
        except requests.RequestException:
            time.sleep(0.3)
        else:
            return server
    stop(server)
    msg = "the web process did not come up"
    raise CommandError(msg)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the web process."""
    server.terminate()
    server.wait(timeout=60)


def _measure(
    partner: Partner, lines: Sequence[CreditLine], size: int, number: int
) -> tuple[float, float]:
    """Seconds of the drawdowns, and of as many empty authenticated requests."""
    quotes = [[_quote(line, f"R{number}-{n}-{line.id}") for n in range(size)] for line in lines]
    _each_client(lambda _: _ask_nothing(partner), size=3)  # warm
    empty = _each_client(lambda _: _ask_nothing(partner), size=size)
    ours = _each_client(lambda at: _draw(partner, quotes[at[0]][at[1]]), size=size)
    return ours, empty


def _each_client(act: Callable[[tuple[int, int]], None], *, size: int) -> float:
    def client(number: int) -> None:
        for n in range(size):
            act((number, n))

    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        for ended in [pool.submit(client, number) for number in range(CLIENTS)]:
            ended.result()
    return time.perf_counter() - began


def _ask_nothing(partner: Partner) -> None:
    status, answer = partner.call("GET", "/hello")
    check(status == OK, str(answer))


def _draw(partner: Partner, quote: Quote) -> None:
    status, answer = partner.call("POST", "/drawdowns", _body(quote))
    check(status == CREATED, str(answer))


def _body(quote: Quote) -> dict[str, str]:
    return {"line": quote.line_id, "quote": quote.id, "external_id": quote.order_no}


def _quote(line: CreditLine, order_no: str, code: str = "bullet_60") -> Quote:
    return make_quotes(
        line_id=line.id, amount_minor=AMOUNT, order_no=order_no, option_codes=[code],
        at=clock.now(),
    )[0]  # fmt: skip


def _statements(partner: Partner, line: CreditLine, codes: Sequence[str]) -> list[int]:
    """The statements of one drawdown for each option, counted here, after one to warm up."""
    counts = []
    for code in (codes[0], *codes):
        quote = _quote(line, secrets.token_hex(8), code)
        raw = json.dumps(_body(quote)).encode()
        seen: list[str] = []

        def count(execute: Any, sql: str, *rest: Any, seen: list[str] = seen) -> Any:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            answer = Client(headers={
                "authorization": partner.sign("POST", "/api/v1/drawdowns", raw),
                "idempotency-key": secrets.token_hex(16),
            }).post("/api/v1/drawdowns", raw, content_type="application/json")  # fmt: skip
        check(answer.status_code == CREATED, answer.content.decode())
        counts.append(len(seen))
    return counts[1:]
