"""Changing lines: limits for a season, caps, suspension, and the end of a line."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from credit.enums import SuspensionReason
from credit.errors import (
    BadPeriod,
    DayClosed,
    ExternalIdConflict,
    LineClosed,
    LineInsufficient,
    LineInUse,
    LineNotActive,
    LineNotFound,
    MerchantCapReached,
    TemporaryLimitNotFound,
)
from credit.models import CreditLine, Drawdown, MerchantCap, TemporaryLimit
from credit.operations import lines
from credit.operations.drawdowns import request_drawdown
from credit.operations.merchant_caps import set_merchant_cap
from credit.operations.quotes import make_quotes
from credit.operations.temporary_limits import (
    end_temporary_limit,
    grant_temporary_limit,
    refresh_limits,
)
from credit.queries.business_day import open_day
from credit.queries.proofs import full_checks
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.credit import lives
from tests.credit.lives import ACTOR

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 2)


def by(at: datetime, reason: str = "旺季备货") -> dict[str, Any]:
    return {"reason": reason, "actor": ACTOR, "at": at}


def granted(
    line: CreditLine, at: datetime, amount: int, first: int, last: int, key: str = "t-1"
) -> TemporaryLimit:
    """A temporary limit from day `first` until day `last`, counted from the first business day."""
    return grant_temporary_limit(
        line_id=line.id, amount_minor=amount, from_on=FIRST + timedelta(days=first),
        until_on=FIRST + timedelta(days=last), key=key, **by(at),
    )  # fmt: skip


def footprint() -> tuple[Any, ...]:
    return (
        list(CreditLine.objects.order_by("id").values()),
        list(TemporaryLimit.objects.order_by("id").values()),
        list(MerchantCap.objects.values()),
        Drawdown.objects.count(),
        Event.objects.count(),
        AuditRecord.objects.count(),
    )


@pytest.fixture
def line(inside: Tenant, at: datetime) -> CreditLine:
    return lives.line_of(lives.merchant_with_trade("P1", at), at)


def test_a_limit_below_use_blocks_new_drawdowns_only(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    held = lives.authorized(line, 200_000, "SO-2", at)
    changed = lines.change_limit(line_id=line.id, limit_minor=500_000, **by(at))
    assert (changed.limit_minor, changed.used_minor, changed.available_minor) == (
        500_000, 1_000_000, 0,
    )  # fmt: skip
    with pytest.raises(LineInsufficient):
        lives.authorized(line, 10_000, "SO-3", at)
    lives.repaid(drawdown, 100_000, "pay-1", at)
    assert held.status == "authorized"
    event = Event.objects.get(name="credit.line.changed")
    assert event.props == {
        "limit_minor": 500_000, "available_minor": 0, "version": changed.version,
    }  # fmt: skip
    record = AuditRecord.objects.get(action="credit.line.changed")
    assert (record.reason, record.before, record.after) == (
        "旺季备货", {"limit_minor": line.limit_minor}, {"limit_minor": 500_000},
    )  # fmt: skip
    before = footprint()
    lines.change_limit(line_id=line.id, limit_minor=500_000, **by(at))
    assert footprint() == before


def test_a_quote_knows_no_limit_of_its_own(line: CreditLine, at: datetime) -> None:
    """One limit, read when the money is drawn: what a quote was made under counts for nothing."""
    signed = line.limit_minor
    quotes = [
        make_quotes(
            line_id=line.id, amount_minor=signed - 10_000, order_no=order_no,
            option_codes=["bullet_30"], at=at,
        )[0]
        for order_no in ("SO-1", "SO-2")
    ]  # fmt: skip
    lines.change_limit(line_id=line.id, limit_minor=signed - 10_001, **by(at))
    before = footprint()
    draw: dict[str, Any] = {"line_id": line.id, "actor": ACTOR, "at": at}
    with pytest.raises(LineInsufficient) as caught:
        request_drawdown(quote_id=quotes[0].id, external_id="SO-1", **draw)
    assert caught.value.facts == {
        "available_minor": signed - 10_001, "needed_minor": signed - 10_000,
    }  # fmt: skip
    assert footprint() == before
    raised = lines.change_limit(line_id=line.id, limit_minor=signed * 2, **by(at))
    assert raised.available_minor == signed * 2
    for number, quote in enumerate(quotes, start=1):
        request_drawdown(quote_id=quote.id, external_id=f"SO-{number}", **draw)
    line.refresh_from_db()
    assert (line.held_minor, line.available_minor) == (2 * signed - 20_000, 20_000)


def test_suspension_blocks_drawing_only(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    lines.suspend_line(line_id=line.id, because=SuspensionReason.RISK, **by(at))
    with pytest.raises(LineNotActive):
        lives.authorized(line, 10_000, "SO-2", at)
    lives.repaid(drawdown, 100_000, "pay-1", at)
    again = footprint()
    lines.suspend_line(line_id=line.id, because=SuspensionReason.RISK, **by(at))
    assert footprint() == again
    line.refresh_from_db()
    assert (line.status, line.status_reason) == ("suspended", "risk")
    lines.resume_line(line_id=line.id, **by(at))
    assert lives.authorized(line, 10_000, "SO-2", at).status == "authorized"
    names = Event.objects.filter(subject=line.id).order_by("id").values_list("name", flat=True)
    assert list(names) == ["credit.line.activated", "credit.line.suspended", "credit.line.resumed"]


def test_a_line_closes_only_when_nothing_is_used_or_held(line: CreditLine, at: datetime) -> None:
    granted(line, at, 100_000, 0, 30)
    drawdown = lives.drawn(line, 1_000_000, "SO-1", at)
    before = footprint()
    with pytest.raises(LineInUse):
        lines.close_line(line_id=line.id, **by(at))
    assert footprint() == before
    lives.repaid(drawdown, 1_000_000, "pay-1", at)
    closed = lines.close_line(line_id=line.id, **by(at))
    assert (closed.status, closed.temporary_minor, closed.limit_changes_on) == ("closed", 0, None)
    assert TemporaryLimit.objects.get().status == "ended"
    before = footprint()
    lines.close_line(line_id=line.id, **by(at))
    closed_acts: list[Callable[[], object]] = [
        lambda: lines.change_limit(line_id=line.id, limit_minor=1, **by(at)),
        lambda: lines.resume_line(line_id=line.id, **by(at)),
        lambda: lines.suspend_line(line_id=line.id, because=SuspensionReason.RISK, **by(at)),
        lambda: granted(line, at, 1, 0, 1, "t-2"),
    ]
    for act in closed_acts:
        with pytest.raises(LineClosed):
            act()
    assert footprint() == before


def test_temporary_limits_overlap_and_end(line: CreditLine, at: datetime) -> None:
    """Days 0-3 add 1,000; days 2-5 add 500: the line has both on day 2, and none from day 5."""
    base = line.limit_minor
    assert granted(line, at, 100_000, 0, 3, "t-1").status == "active"
    assert granted(line, at, 50_000, 2, 5, "t-2").status == "planned"
    seen = []
    for day in range(6):
        refresh_limits(day=FIRST + timedelta(days=day), at=at)
        line.refresh_from_db()
        seen.append((line.temporary_minor, line.limit_changes_on))
    assert line.available_minor == base
    assert seen == [
        (100_000, FIRST + timedelta(days=2)),
        (100_000, FIRST + timedelta(days=2)),
        (150_000, FIRST + timedelta(days=3)),
        (50_000, FIRST + timedelta(days=5)),
        (50_000, FIRST + timedelta(days=5)),
        (0, None),
    ]
    names = Event.objects.filter(name__startswith="credit.temporary_limit").order_by("id")
    assert [name.rpartition(".")[2] for name in names.values_list("name", flat=True)] == [
        "granted", "started", "granted", "started", "ended", "ended",
    ]  # fmt: skip
    before = footprint()
    assert refresh_limits(day=FIRST + timedelta(days=9), at=at) == 0
    assert footprint() == before


def test_missed_days_end_the_same(line: CreditLine, at: datetime) -> None:
    granted(line, at, 100_000, 0, 3, "t-1")
    granted(line, at, 50_000, 2, 5, "t-2")
    refresh_limits(day=FIRST + timedelta(days=30), at=at)
    line.refresh_from_db()
    assert (line.temporary_minor, line.limit_changes_on) == (0, None)
    assert set(TemporaryLimit.objects.values_list("status", flat=True)) == {"ended"}


def test_a_drawdown_sees_the_limit_of_its_own_day(line: CreditLine, at: datetime) -> None:
    """Nobody has refreshed since: the drawdown itself starts and ends what is due."""
    granted(line, at, 100_000, 1, 2)
    line.refresh_from_db()
    assert line.temporary_minor == 0
    whole = line.limit_minor + 100_000
    with pytest.raises(LineInsufficient):
        lives.authorized(line, whole, "SO-1", at)
    second = lives.close_until(FIRST + timedelta(days=1))
    assert lives.authorized(line, whole, "SO-1", second).status == "authorized"
    third = lives.close_until(FIRST + timedelta(days=2))
    with pytest.raises(LineInsufficient):
        lives.authorized(line, 10_000, "SO-2", third)
    line.refresh_from_db()
    assert (line.held_minor, line.available_minor) == (whole, 0)
    assert not any(full_checks(accrued_through=open_day()).values())


def test_ending_a_temporary_limit_early(line: CreditLine, at: datetime) -> None:
    active = granted(line, at, 100_000, 0, 30, "t-1")
    planned = granted(line, at, 50_000, 10, 30, "t-2")
    for limit in (active, planned):
        assert end_temporary_limit(limit_id=limit.id, **by(at)).status == "ended"
    line.refresh_from_db()
    assert (line.temporary_minor, line.limit_changes_on) == (0, None)
    before = footprint()
    end_temporary_limit(limit_id=active.id, **by(at))
    assert footprint() == before


def test_the_same_grant_is_recorded_once(line: CreditLine, at: datetime) -> None:
    first = granted(line, at, 100_000, 0, 30)
    before = footprint()
    assert granted(line, at, 100_000, 0, 30).id == first.id
    with pytest.raises(ExternalIdConflict):
        granted(line, at, 100_001, 0, 30)
    assert footprint() == before


def test_what_is_refused_moves_nothing(line: CreditLine, at: datetime) -> None:
    nobody = "lin_01m80jfq6be9krnzzshfrs2fy2"
    acts: list[tuple[type[Exception], Callable[[], object]]] = [
        (Invalid, lambda: lines.change_limit(line_id=line.id, limit_minor=-1, **by(at))),
        (LineNotFound, lambda: lines.change_limit(line_id=nobody, limit_minor=1, **by(at))),
        (LineNotFound, lambda: lines.close_line(line_id=nobody, **by(at))),
        (Invalid, lambda: granted(line, at, 0, 0, 1)),
        (DayClosed, lambda: granted(line, at, 1, -1, 1)),
        (BadPeriod, lambda: granted(line, at, 1, 1, 1)),
        (BadPeriod, lambda: granted(line, at, 1, 0, 367)),
        (
            TemporaryLimitNotFound,
            lambda: end_temporary_limit(limit_id="tml_01m80jfq6be9krnzzshfrs2fy2", **by(at)),
        ),
        (
            Invalid,
            lambda: set_merchant_cap(merchant_id=line.merchant_id, cap_minor=-1, **by(at)),
        ),
        (
            NotFound,
            lambda: set_merchant_cap(
                merchant_id="mch_01m80jfq6be9krnzzshfrs2fy2", cap_minor=1, **by(at)
            ),
        ),
    ]
    before = footprint()
    for refusal, refused in acts:
        with pytest.raises(refusal):
            refused()
        assert footprint() == before


def test_a_cap_counts_what_is_used_and_held(line: CreditLine, at: datetime) -> None:
    drawdown = lives.drawn(line, 300_000, "SO-1", at)
    lives.authorized(line, 200_000, "SO-2", at)
    cap = {"merchant_id": line.merchant_id, **by(at)}
    set_merchant_cap(cap_minor=600_000, **cap)
    before = footprint()
    quote = make_quotes(
        line_id=line.id, amount_minor=100_001, order_no="SO-3", option_codes=["bullet_30"], at=at
    )[0]
    with pytest.raises(MerchantCapReached) as caught:
        request_drawdown(line_id=line.id, quote_id=quote.id, external_id="SO-3", actor=ACTOR, at=at)
    assert caught.value.facts == {"available_minor": 100_000, "needed_minor": 100_001}
    assert footprint() == before
    lives.repaid(drawdown, 1, "pay-1", at)
    assert lives.authorized(line, 100_001, "SO-4", at).status == "authorized"
    set_merchant_cap(cap_minor=None, **cap)
    assert lives.authorized(line, 10_000, "SO-5", at).status == "authorized"
    changes = AuditRecord.objects.filter(action="credit.merchant_cap.changed").order_by("position")
    assert [(one.before, one.after) for one in changes] == [
        ({"cap_minor": None}, {"cap_minor": 600_000}),
        ({"cap_minor": 600_000}, {"cap_minor": None}),
    ]


def test_another_tenant_changes_nothing(
    line: CreditLine, other_tenant: Tenant, at: datetime
) -> None:
    limit = granted(line, at, 100_000, 0, 30)
    with tenant_scope(other_tenant.id):
        with pytest.raises(LineNotFound):
            lines.change_limit(line_id=line.id, limit_minor=1, **by(at))
        with pytest.raises(TemporaryLimitNotFound):
            end_temporary_limit(limit_id=limit.id, **by(at))
        with pytest.raises(NotFound):
            set_merchant_cap(merchant_id=line.merchant_id, cap_minor=1, **by(at))
        assert refresh_limits(day=FIRST + timedelta(days=90), at=at) == 0
    line.refresh_from_db()
    assert line.temporary_minor == 100_000


def test_without_a_scope_nothing_is_found(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    with pytest.raises(NoScope):
        lines.change_limit(line_id=line.id, limit_minor=1, **by(at))
    with pytest.raises(NoScope):
        refresh_limits(day=FIRST, at=at)


@pytest.mark.parametrize("count", [1, 3])
def test_refreshing_costs_the_same_for_any_number_of_lines(
    inside: Tenant, at: datetime, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        line = lives.line_of(lives.merchant_with_trade(f"P{number}", at), at)
        granted(line, at, 100_000, 1, 5, f"t-{number}")
    with django_assert_num_queries(6):
        assert refresh_limits(day=FIRST + timedelta(days=1), at=at) == count
    assert inside.slug == "pets"
