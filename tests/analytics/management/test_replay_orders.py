"""Living an order export from the command line: interrupted, resumed, with broken rows."""

import json
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from credit.domain.behavior import Behavior
from credit.models import Drawdown
from credit.queries.plans import difference_from_derived
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.scoring.later import NOTHING_FITTED
from tenants.models import Merchant, Tenant, TradeOrder
from tenants.operations.merchants import verify_merchant
from tenants.operations.sandbox import fake_registration_no

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
START, LAST = date(2025, 1, 6), date(2025, 5, 20)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Six merchants who order every nine days for nineteen weeks, and three broken rows."""
    lines = ["order_no,merchant_no,ordered_on,quantity,amount_yuan"]
    day, number = date(2024, 1, 2), 0
    while day <= date(2024, 5, 10):
        for merchant in range(6):
            number += 1
            lines.append(f"SO{number:05d},M{merchant},{day},1,{20 + merchant * 7}.50")
        day += timedelta(days=9)
    lines[5:5] = ["SO90001,M1,2024-02-30,1,20.00", "SO90002,M1,2024-02-01,1,-3"]
    lines.append("SO90003,,2024-02-01,1,20")
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def replay(path: Path, tenant: str, until: date) -> dict[str, Any]:
    out = StringIO()
    call_command(
        "replay_orders", tenant=tenant, orders=path, start=START, scale=100, until=until,
        workers=1, seed=7, as_json=True, stdout=out, stderr=StringIO(),
    )  # fmt: skip
    totals: dict[str, Any] = json.loads(out.getvalue())
    totals.pop("seconds")
    return totals


def test_a_stopped_replay_goes_on_and_ends_the_same(export: Path) -> None:
    whole = replay(export, "whole", LAST)
    replay(export, "parts", date(2025, 3, 20))
    replay(export, "parts", date(2025, 3, 31))  # and goes on in another month
    replay(export, "parts", date(2025, 4, 3))
    parts = replay(export, "parts", LAST)
    assert parts == whole
    assert whole["merchants"] == 6
    assert whole["orders"] == 15 * 6
    assert whole["days_closed"] == (LAST - START).days  # the first order fell on a Tuesday
    assert whole["books_balanced"] is True
    assert whole["lines"] == 6
    assert whole["drawdowns"] == 9
    assert 0 < whole["repaid_fen"] < whole["drawn_fen"] * 1.1
    assert (whole["auc"], whole["pd_ratio"], whole["cards_fitted"]) == (None, None, 0)
    assert whole["not_judged"] == NOTHING_FITTED
    assert replay(export, "whole", LAST) == whole
    for slug in ("whole", "parts"):
        every_drawdown_is_what_its_events_say(slug)


def every_drawdown_is_what_its_events_say(slug: str) -> None:
    with tenant_scope(Tenant.objects.get(slug=slug).id):
        for drawdown in Drawdown.objects.filter(captured_minor__gt=0):
            assert difference_from_derived(drawdown, as_of=LAST + timedelta(days=1)) is None
    out = StringIO()
    call_command("verify_books", tenant=slug, as_json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["failed"] == []
    assert answer["checks"] >= 15


def test_the_summary_says_what_could_not_be_judged(export: Path) -> None:
    out = StringIO()
    call_command(
        "replay_orders", tenant="pets", orders=export, start=START, until=date(2025, 1, 20),
        workers=1, stdout=out, stderr=StringIO(),
    )  # fmt: skip
    told = dict(line.split(None, 1) for line in out.getvalue().splitlines())
    assert (told["auc"], told["pd_ratio"], told["judged_cases"]) == ("—", "—", "0")
    assert told["not_judged"] == NOTHING_FITTED


def test_it_goes_on_after_dying_between_two_steps_of_an_application(export: Path) -> None:
    """Verified, and then the process was killed before the consents were recorded."""
    replay(export, "pets", date(2025, 3, 1))
    tenant = Tenant.objects.get(slug="pets")
    with tenant_scope(tenant.id):
        merchant = Merchant.objects.get(external_id="M0")
        verify_merchant(
            merchant_id=merchant.id, registration_no=fake_registration_no(5), actor="x",
            at=clock.moment_on(date(2025, 3, 1)),
        )  # fmt: skip
    assert replay(export, "pets", date(2025, 3, 20))["lines"] == 6


def test_broken_rows_are_named_and_the_rest_goes_in(export: Path) -> None:
    replay(export, "pets", date(2025, 1, 20))
    report = (export.parent / "orders.csv.errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:2] for line in report] == [
        ["line_no", "code"], ["6", "bad_date"], ["7", "negative"], ["94", "missing"],
    ]  # fmt: skip
    tenant = Tenant.objects.get(slug="pets")
    with tenant_scope(tenant.id):
        assert Merchant.objects.count() == 6
        first = TradeOrder.objects.order_by("order_no")[0]
        assert (first.order_no, first.ordered_on, first.amount_minor) == (
            "SO00001", date(2025, 1, 7), 205_000,
        )  # fmt: skip


def test_what_cannot_be_replayed(tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("order_no,merchant_no,ordered_on,quantity,amount_yuan\n")
    with pytest.raises(CommandError, match="No row"):
        replay(empty, "pets", LAST)
    with pytest.raises(CommandError, match="There is no file"):
        replay(tmp_path / "none.csv", "pets", LAST)
    with pytest.raises(CommandError, match="There is no tenant"):
        call_command("verify_books", tenant="nobody")
    assert Tenant.objects.count() == 0


def test_choices_depend_on_the_seed_alone() -> None:
    one, same, other = Behavior(1), Behavior(1), Behavior(2)
    numbers = [f"SO{n}" for n in range(400)]
    assert [one.draws(n) for n in numbers] == [same.draws(n) for n in numbers]
    assert [one.draws(n) for n in numbers] != [other.draws(n) for n in numbers]
    assert 0.7 < sum(one.draws(n) for n in numbers) / 400 < 0.9
