"""What is out on each line, month by month; what the run makes of it, provable from its rows."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from analytics.operations.expected_loss import book_platform, book_when_due
from analytics.queries.exposed import average_rate, exposed_lines
from analytics.tasks import book_expected_loss
from credit.operations.drawdowns import cancel_drawdown
from credit.queries.business_day import open_day
from platform_app.kernel import clock
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from risk.domain.canonical import sha256
from risk.domain.expected_loss import STANDARD_SCENARIOS, Assumptions, expected_loss
from risk.enums import WatchKind, WatchReason
from risk.models import EclRow, EclRun
from risk.operations import expected_loss as operation
from risk.operations.watch_list import add_watch_entry
from risk.queries.expected_loss import rows_of, run_view
from risk.values import Exposed
from tenants.models import Tenant
from tests.credit import lives

pytestmark = pytest.mark.usefixtures("inside")
FIRST = date(2026, 3, 2)


def assumed_of(run: EclRun) -> Assumptions:
    return Assumptions(
        pd={grade: Decimal(pd) for grade, pd in run.assumptions["pd"].items()},
        month_shares=tuple(Decimal(one) for one in run.assumptions["month_shares"]),
        lgd=Decimal(run.assumptions["lgd"]),
        discount_rate=Decimal(run.assumptions["discount_rate"]),
        scenarios=STANDARD_SCENARIOS,
    )


def test_nothing_out_is_nothing_exposed(at: datetime) -> None:
    lives.line_of(lives.merchant_with_trade("P1", at), at)
    assert (exposed_lines(on=FIRST), average_rate()) == ([], None)
    run = book_platform(on=FIRST, actor="x", at=at)
    assert (run.line_count, run.ead_minor, run.ecl_minor) == (0, 0, 0)


def test_what_is_out_by_the_month_in_which_it_falls_due(at: datetime, other_tenant: Tenant) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    lives.drawn(line, 100_000, "SO-1", at)
    lives.drawn(line, 50_000, "SO-2", at, term="bullet_60")
    lives.authorized(line, 20_000, "SO-3", at)
    canceled = lives.authorized(line, 30_000, "SO-4", at)
    cancel_drawdown(drawdown_id=canceled.id, actor="x", at=at)
    grade = line.offer.application.decision.grade
    (found,) = exposed_lines(on=FIRST)
    assert found == Exposed(
        line_id=line.id, merchant_id=line.merchant_id, grade=grade, grade_then=grade, dpd_days=0,
        is_distressed=False, due_minor=(120_000, 0, 50_000),
    )  # fmt: skip
    line.refresh_from_db()
    assert sum(found.due_minor) == line.used_minor + line.held_minor
    assert average_rate() == line.annual_rate
    with tenant_scope(other_tenant.id):
        assert exposed_lines(on=FIRST) == []
    with no_scope(), pytest.raises(NoScope):
        exposed_lines(on=FIRST)


def test_what_is_overdue_falls_due_at_once_and_counts_its_days(at: datetime) -> None:
    line = lives.line_of(lives.merchant_with_trade("P1", at), at)
    drawdown = lives.drawn(line, 100_000, "SO-1", at)
    due = drawdown.signed_due_on[0]
    lives.close_until(due + timedelta(days=31))
    (found,) = exposed_lines(on=open_day() - timedelta(days=1))
    assert (found.dpd_days, found.due_minor) == (30, (100_000,))


def test_a_run_adds_up_from_its_rows_and_the_first_of_a_day_stands(at: datetime) -> None:
    lines = [lives.line_of(lives.merchant_with_trade(no, at), at) for no in ("P1", "P2")]
    lives.drawn(lines[0], 100_000, "SO-1", at)
    lives.drawn(lines[1], 300_000, "SO-2", at, term="equal_3")
    add_watch_entry(
        merchant_id=lines[1].merchant_id, kind=WatchKind.WATCH, reason_code=WatchReason.OTHER,
        comment="x", expires_on=FIRST + timedelta(days=90), actor="usr_a", at=at,
    )  # fmt: skip
    run = book_platform(on=FIRST, actor="x", at=at)
    rows = {row.line_id: row for row in rows_of(run)}
    assert {line: (row.stage, row.signs) for line, row in rows.items()} == {
        lines[0].id: (1, []), lines[1].id: (2, ["listed"]),
    }  # fmt: skip
    assert (run.line_count, run.ead_minor) == (2, 400_000)
    assert run.ecl_minor == sum(row.ecl_minor for row in rows.values())
    assert run.assumptions_sha256 == sha256(run.assumptions)
    assumed = assumed_of(run)
    for row in rows.values():
        assert row.ead_minor == sum(row.due_by_month)
        assert row.ecl_minor == expected_loss(
            assumed, stage=row.stage, grade=row.grade, due_minor=row.due_by_month
        )
    told = run_view(run.id)
    assert told is not None
    assert told.is_proven
    audits = AuditRecord.objects.filter(action="risk.expected_loss.booked").count()
    lives.drawn(lines[0], 50_000, "SO-3", at)
    assert book_platform(on=FIRST, actor="y", at=at) == run
    assert (EclRun.objects.count(), EclRow.objects.count()) == (1, 2)
    assert AuditRecord.objects.filter(action="risk.expected_loss.booked").count() == audits == 1


def test_what_moved_since_the_run_before_adds_up(at: datetime, other_tenant: Tenant) -> None:
    lines = [lives.line_of(lives.merchant_with_trade(no, at), at) for no in ("P1", "P2", "P3")]
    gone = lives.drawn(lines[0], 100_000, "SO-1", at)
    lives.drawn(lines[1], 200_000, "SO-2", at)
    book_platform(on=FIRST, actor="x", at=at)
    lives.repaid(gone, 100_000, "pay-1", at)
    lives.drawn(lines[2], 300_000, "SO-3", at)
    add_watch_entry(
        merchant_id=lines[1].merchant_id, kind=WatchKind.WATCH, reason_code=WatchReason.OTHER,
        comment="x", expires_on=FIRST + timedelta(days=90), actor="usr_a", at=at,
    )  # fmt: skip
    later = book_platform(on=FIRST + timedelta(days=1), actor="x", at=at)
    found = run_view(None)
    assert found is not None
    assert found.run == later
    assert [(one.kind, one.line_count) for one in found.moves] == [
        ("new", 1), ("worse", 1), ("gone", 1),
    ]  # fmt: skip
    assert found.moves[2].ecl_minor < 0 < found.moves[0].ecl_minor
    assert found.is_proven
    with tenant_scope(other_tenant.id):
        assert (run_view(later.id), run_view(None), run_view("nonsense")) == (None, None, None)


def test_a_month_is_booked_once_and_a_missed_night_is_made_up_for(at: datetime) -> None:
    with no_scope():
        assert book_expected_loss() == 0  # a virtual platform's days are moved by its replay
    assert book_when_due(today=FIRST, actor="x", at=at)
    assert not book_when_due(today=FIRST + timedelta(days=20), actor="x", at=at)
    april = date(2026, 4, 1)
    assert book_when_due(today=april, actor="x", at=clock.moment_on(april, 4))
    assert list(EclRun.objects.order_by("on").values_list("on", flat=True)) == [
        date(2026, 3, 1), date(2026, 3, 31),
    ]  # fmt: skip


def test_probation_is_carried_from_run_to_run(at: datetime) -> None:
    def exposed(dpd_days: int) -> list[Exposed]:
        return [
            Exposed(
                line_id="lin_01h455vb4pex5vsknk084sn02q", merchant_id=merchant.id, grade="B",
                grade_then="B", dpd_days=dpd_days, is_distressed=False, due_minor=(100,),
            )
        ]  # fmt: skip

    merchant = lives.merchant_with_trade("P1", at)
    told = []
    for month, dpd in enumerate((95, 0, 0, 0, 0, 0), start=1):
        run = operation.book_expected_loss(
            on=date(2026, month, 28), exposures=exposed(dpd), discount_rate=Decimal("0.1"),
            actor="x", at=at,
        )  # fmt: skip
        (row,) = rows_of(run)
        told.append((row.stage, row.clean_months))
    assert told == [(3, 0), (3, 1), (3, 2), (2, 0), (2, 1), (1, 0)]
