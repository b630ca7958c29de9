"""Orders that were authorized and not captured: told of in time, once each, or given back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

import credit.tasks
from analytics.queries.attention import needs_you
from credit.errors import DrawdownNotAuthorized
from credit.models import CreditLine, Drawdown, Hold
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import request_drawdown
from credit.operations.holds import (
    EXPIRING,
    UNCAPTURED,
    release_hold,
    tell_hold_ends,
    tell_late_orders,
)
from credit.operations.quotes import make_quotes
from credit.queries.portfolio import drawdowns
from platform_app.kernel import clock
from platform_app.kernel.errors import ReasonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant, WebhookDelivery
from tenants.operations.webhooks import create_endpoint, make_deliveries
from tests.credit import lives


def told() -> list[tuple[str, Any]]:
    rows = Event.objects.filter(name=EXPIRING).order_by("id")
    return [(row.subject, row.props["days"]) for row in rows]


@pytest.fixture
def line(tenant: Tenant, at: datetime) -> CreditLine:
    with tenant_scope(tenant.id):
        return lives.line_of(lives.merchant_with_trade("M-1", at), at)


def test_a_platform_is_told_three_days_and_one_day_ahead(
    tenant: Tenant, other_tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        waiting = lives.authorized(line, 50_000, "PO-1", at)
        lives.drawn(line, 30_000, "PO-2", at)
        part = lives.authorized(line, 40_000, "PO-3", at)
        part = capture_drawdown(
            drawdown_id=part.id, amount_minor=15_000, external_id="s", is_final=False, actor="x",
            at=at,
        )  # fmt: skip
        end = Hold.objects.get(drawdown=waiting).expires_on
        for days, events in ((4, 0), (3, 2), (2, 0), (1, 2), (0, 0), (-1, 0)):
            morning = clock.moment_on(end - timedelta(days=days), 9)
            assert tell_hold_ends(actor="system:holds", at=morning) == events
            assert tell_hold_ends(actor="system:holds", at=morning) == 0
        assert told() == [(waiting.id, 3), (part.id, 3), (waiting.id, 1), (part.id, 1)]
        assert Event.objects.filter(name=EXPIRING).order_by("id")[1].props == {
            "amount_minor": 25_000, "days": 3, "expires_on": end.isoformat(), "order_no": "PO-3",
            "external_id": "PO-3", "version": part.version + 1,
        }  # fmt: skip
        assert Drawdown.objects.get(pk=part.id).version == part.version + 2
    with tenant_scope(other_tenant.id):
        assert told() == []
    with pytest.raises(NoScope):
        tell_hold_ends(actor="system:holds", at=at)


def test_the_job_tells_late_ones_once_and_endpoints_hear(
    tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    Tenant.objects.filter(pk=tenant.id).update(is_virtual=False)
    with tenant_scope(tenant.id):
        waiting = lives.authorized(line, 50_000, "PO-1", at)
        create_endpoint(url="https://93.184.216.34/hook", event_names=[EXPIRING], actor="u", at=at)
        morning = clock.moment_on(Hold.objects.get().expires_on, 9)
    with clock.travel(morning):
        assert [credit.tasks.tell_uncaptured() for _ in range(2)] == [1, 0]
    with tenant_scope(tenant.id):
        assert told() == [(waiting.id, 1)]
        make_deliveries(Event.objects.get(name=EXPIRING).id)
        delivery = WebhookDelivery.objects.get()
        assert delivery.event_name == EXPIRING
        assert '"object":"drawdown"' in delivery.body.replace(" ", "")


def test_a_person_gives_the_rest_back_with_a_reason(
    tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        waiting = lives.authorized(line, 50_000, "PO-1", at)
        with pytest.raises(ReasonNeeded):
            release_hold(drawdown_id=waiting.id, reason=" ", actor="usr", at=at)
        assert CreditLine.objects.get().held_minor == 50_000
        for _ in range(2):
            ended = release_hold(drawdown_id=waiting.id, reason="买家撤单", actor="usr", at=at)
            assert ended.status == "canceled"
        assert CreditLine.objects.get().held_minor == 0
        [record] = AuditRecord.objects.filter(action="credit.hold.release")
        assert (record.reason, record.before) == ("买家撤单", {"status": "authorized"})
        shipped = lives.drawn(line, 30_000, "PO-2", at)
        with pytest.raises(DrawdownNotAuthorized):
            release_hold(drawdown_id=shipped.id, reason="买家撤单", actor="usr", at=at)
        assert AuditRecord.objects.filter(action="credit.hold.release").count() == 1


def to_ship(line: CreditLine, order_no: str, on: str | None, at: datetime) -> Drawdown:
    [quote] = make_quotes(
        line_id=line.id, amount_minor=50_000, order_no=order_no, option_codes=["bullet_30"],
        at=at, order={"ships_on": on} if on else None,
    )  # fmt: skip
    return request_drawdown(
        line_id=line.id, quote_id=quote.id, external_id=order_no, actor="x", at=at
    )


def test_the_day_after_the_shipping_day_the_platform_is_told_once(
    tenant: Tenant, other_tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        late = to_ship(line, "PO-1", "2026-03-04", at)
        to_ship(line, "PO-2", None, at)
        shipped = to_ship(line, "PO-3", "2026-03-04", at)
        capture_drawdown(
            drawdown_id=shipped.id, amount_minor=20_000, external_id="s", is_final=False,
            actor="x", at=at,
        )  # fmt: skip
        for day, events in ((3, 0), (4, 0), (5, 1), (5, 0), (6, 0)):
            morning = clock.moment_on(date(2026, 3, day), 9)
            assert tell_late_orders(actor="system:holds", at=morning) == events
        [event] = Event.objects.filter(name=UNCAPTURED)
        assert (event.subject, event.props) == (late.id, {
            "amount_minor": 50_000, "ships_on": "2026-03-04", "expires_on": "2026-04-01",
            "order_no": "PO-1", "external_id": "PO-1", "version": 2,
        })  # fmt: skip
        listed = drawdowns(state="late", on=date(2026, 3, 5))
        assert [one.id for one in listed] == [late.id]
        assert not drawdowns(state="late", on=date(2026, 3, 4)).exists()
        assert [one.key for one in needs_you(on=date(2026, 3, 5))] == ["late"]
    with tenant_scope(other_tenant.id):
        assert not Event.objects.filter(name=UNCAPTURED).exists()
