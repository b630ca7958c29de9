"""How members move: pre-screened, invited, followed, taken out; and what the entry says of it."""

from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext

from campaigns.enums import PoolStatus
from campaigns.errors import PoolMoveNotAllowed
from campaigns.models import PoolMember
from campaigns.operations.pool_following import catch_up_pool, follow_merchant, match_merchant
from campaigns.operations.pool_members import invite_member, remove_member, restore_member
from campaigns.operations.pool_screening import age_pool, prescreen_pool
from campaigns.queries.pool import list_pool_members, tier_coverage
from campaigns.tasks import tend_pools
from credit.operations.applications import submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.lines import close_line
from credit.operations.score_runs import run_here
from credit.queries.entry import entry
from platform_app.kernel import clock
from platform_app.kernel.errors import NotFound, ReasonNeeded
from platform_app.kernel.models import AuditRecord, Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tasks import relay_dispatches
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import WatchKind, WatchReason
from risk.operations.watch_list import add_watch_entry
from tenants.models import Merchant, Tenant
from tenants.operations.entries import tell_entries
from tenants.operations.merchants import upsert_merchant
from tenants.operations.sandbox import fake_registration_no
from tests.campaigns import pools
from tests.credit import lives

pytestmark = pytest.mark.django_db
ACTOR = "usr_test"


def told(member: PoolMember) -> list[dict[str, object]]:
    rows = Event.objects.filter(subject=member.id, name="campaigns.pool_member.updated")
    return [row.props for row in rows.order_by("id")]


def facts(member: PoolMember) -> tuple[object, ...]:
    now = PoolMember.objects.values().get(pk=member.pk)
    return (tuple(now.items()), Event.objects.count(), AuditRecord.objects.count())


def trading(external_id: str, at: datetime, weeks: int = 20) -> Merchant:
    return lives.merchant_with_trade(external_id, at - timedelta(hours=1), weeks=weeks)


def screened(external_id: str) -> tuple[str, str, int | None]:
    one = pools.member(external_id)
    return one.prescreen_result, one.prescreen_reason, one.indicative_limit_minor


def test_a_prescreen_sorts_by_doors_lists_and_scores(inside: Tenant, at: datetime) -> None:
    good, blocked = trading("GOOD", at), trading("BLOCK", at)
    trading("FEW", at, weeks=2)
    trading("NEW", at, weeks=5)
    upsert_merchant(external_id="NONE", name="店", actor=ACTOR, at=at)
    add_watch_entry(
        merchant_id=blocked.id, kind=WatchKind.BLOCK, reason_code=next(iter(WatchReason)),
        comment="示例", expires_on=clock.day_of(at) + timedelta(days=9), actor=ACTOR, at=at,
    )  # fmt: skip
    names = ("GOOD", "BLOCK", "FEW", "NEW", "NONE", "AWAY")
    pools.pooled(at, *(f"{name},,,A,," for name in names))

    assert prescreen_pool(actor=ACTOR, at=at) == 5
    assert {name: screened(name)[:2] for name in names} == {
        "GOOD": ("manual", "not_scored"),
        "BLOCK": ("reject", "on_list"),
        "FEW": ("reject", "few_orders"),
        "NEW": ("reject", "too_new"),
        "NONE": ("reject", "no_trade"),
        "AWAY": ("", ""),
    }
    assert [entry(name, at=at).reason for name in ("GOOD", "BLOCK", "FEW", "NONE")] == [
        "eligible", "on_list", "pool_rejected", "pool_rejected",
    ]  # fmt: skip
    assert prescreen_pool(actor=ACTOR, at=at) == 0  # an answer that stands changes nothing

    run = run_here(key="night", actor=ACTOR, at=at, chunk_rows=50)
    assert run is not None
    prescreen_pool(actor=ACTOR, at=at)
    result, reason, limit = screened("GOOD")
    assert (result, reason, limit is not None) == {
        "approve": ("pass", "scored", True),
        "refer": ("manual", "needs_review", False),
        "decline": ("reject", "declined", False),
    }[run_outcome(good)]
    last = told(pools.member("GOOD"))[-1]
    assert (last["status"], last["prescreen_result"]) == ("prescreened", result)


def run_outcome(merchant: Merchant) -> str:
    from risk.queries.score_runs import current_scores  # noqa: PLC0415 -- only here

    return str(current_scores([merchant.id])[merchant.id].outcome)


@pytest.mark.parametrize("count", [1, 3])
def test_a_prescreen_takes_the_same_statements_however_many(
    inside: Tenant, at: datetime, count: int
) -> None:
    for n in range(count):
        upsert_merchant(external_id=f"M-{n}", name="店", actor=ACTOR, at=at)
    pools.pooled(at, *(f"M-{n},,,,," for n in range(count)))
    with CaptureQueriesContext(connection) as seen:
        assert prescreen_pool(actor=ACTOR, at=at) == count
    said = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(said) == 10, "\n".join(said)


def test_a_member_is_invited_taken_out_and_put_back(inside: Tenant, at: datetime) -> None:
    trading("M-1", at)
    pools.pooled(at, "M-1,店,,A,,")
    member = pools.member("M-1")
    assert entry("M-1", at=at).is_visible

    invite_member(member_id=member.id, actor=ACTOR, at=at)
    before = facts(member)
    invite_member(member_id=member.id, actor=ACTOR, at=at)
    assert facts(member) == before

    with pytest.raises(ReasonNeeded):
        remove_member(member_id=member.id, reason="  ", actor=ACTOR, at=at)
    with pytest.raises(PoolMoveNotAllowed):
        restore_member(member_id=member.id, reason="示例", actor=ACTOR, at=at)
    with pytest.raises(NotFound):
        invite_member(member_id="nonsense", actor=ACTOR, at=at)
    assert facts(member) == before

    remove_member(member_id=member.id, reason="停止合作", actor=ACTOR, at=at)
    hidden = entry("M-1", at=at)
    assert (hidden.is_visible, hidden.reason) == (False, "pool_removed")
    record = AuditRecord.objects.order_by("-position")[0]
    assert (record.action, record.subject, record.reason) == (
        "campaigns.pool_member.remove", member.id, "停止合作",
    )  # fmt: skip
    before = facts(member)
    remove_member(member_id=member.id, reason="再来", actor=ACTOR, at=at)
    assert facts(member) == before

    restore_member(member_id=member.id, reason="恢复合作", actor=ACTOR, at=at)
    assert entry("M-1", at=at).is_visible
    assert [row["status"] for row in told(member)] == ["matched", "invited", "removed", "matched"]
    assert [row["entry_visible"] for row in told(member)] == [True, True, False, True]
    assert [row["version"] for row in told(member)] == [1, 2, 3, 4]


def test_whoever_has_a_line_sees_it_though_taken_out(inside: Tenant, at: datetime) -> None:
    line = lives.line_of(trading("M-1", at, weeks=52), at)
    pools.pooled(at, "M-1,店,,A,,")
    remove_member(member_id=pools.member("M-1").id, reason="停止合作", actor=ACTOR, at=at)
    assert entry("M-1", at=at).state == "active"
    assert Merchant.objects.get(pk=line.merchant_id).entry_hidden_reason == "pool_removed"


def test_a_pool_follows_events_as_they_are_told(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        pools.pooled(at, "M-1,店,,A,,", f"X-2,厂,{fake_registration_no(5)},B,,")
        lives.line_of(lives.merchant_with_trade("M-1", at - timedelta(hours=1)), at)
        upsert_merchant(
            external_id="M-2", name="厂", registration_no=fake_registration_no(5),
            actor=ACTOR, at=at,
        )  # fmt: skip
    while relay_dispatches():
        pass
    with tenant_scope(tenant.id):
        assert [row["status"] for row in told(pools.member("M-1"))] == [
            "imported", "matched", "applied", "active",
        ]  # fmt: skip
        assert pools.member("X-2").status == "matched"


def test_a_pool_never_goes_back_a_step(inside: Tenant, at: datetime) -> None:
    firm = trading("M-1", at)
    pools.pooled(at, "M-1,店,,A,,")
    follow_merchant(merchant_id=firm.id, to=PoolStatus.ACTIVE, at=at)
    before = facts(pools.member("M-1"))
    assert follow_merchant(merchant_id=firm.id, to=PoolStatus.APPLIED, at=at) is None
    assert match_merchant(merchant_id=firm.id, at=at) is None
    assert prescreen_pool(actor=ACTOR, at=at) == 0
    assert facts(pools.member("M-1")) == before


@pytest.mark.parametrize("count", [1, 3])
def test_a_pool_catches_up_with_merchants_ahead_of_it(
    inside: Tenant, other_tenant: Tenant, at: datetime, count: int
) -> None:
    for n in range(count):
        lives.line_of(trading(f"LINE-{n}", at), at)
        asked = trading(f"ASKED-{n}", at)
        submit_application(
            merchant_id=asked.id, product_code=ORDER_CREDIT, external_id=None, actor=ACTOR, at=at
        )
    upsert_merchant(external_id="NEW", name="店", actor=ACTOR, at=at)
    names = [f"{name}-{n}" for name in ("LINE", "ASKED") for n in range(count)]
    pools.pooled(at, *(f"{name},,,A,," for name in (*names, "NEW", "AWAY")))
    invite_member(member_id=pools.member("ASKED-0").id, actor=ACTOR, at=at)

    with tenant_scope(other_tenant.id):
        assert catch_up_pool(actor=ACTOR, at=at) == 0
    with CaptureQueriesContext(connection) as seen:
        assert catch_up_pool(actor=ACTOR, at=at) == 2 * count
    said = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"]]
    assert len(said) == 7, "\n".join(said)
    assert [pools.member(name).status for name in names] == ["active"] * count + ["applied"] * count
    assert [pools.member(name).status for name in ("NEW", "AWAY")] == ["matched", "imported"]
    assert told(pools.member("LINE-0"))[-1]["status"] == "active"
    before = facts(pools.member("LINE-0"))
    assert catch_up_pool(actor=ACTOR, at=at) == 0
    assert facts(pools.member("LINE-0")) == before


def test_members_sleep_after_six_calendar_months_and_wake(inside: Tenant, at: datetime) -> None:
    firm = lives.merchant_with_trade("M-1", at - timedelta(hours=1))
    line = lives.line_of(firm, at)
    pools.pooled(at, "M-1,店,,A,,")
    follow_merchant(merchant_id=firm.id, to=PoolStatus.ACTIVE, at=at)
    last = clock.moment_on(clock.day_of(at).replace(month=9), 10)
    assert age_pool(actor=ACTOR, at=last) == 0  # opened this very day six months ago
    assert age_pool(actor=ACTOR, at=last + timedelta(days=1)) == 1
    assert pools.member("M-1").status == "dormant"
    lives.authorized(line, 300_000, "SO-1", at)
    assert age_pool(actor=ACTOR, at=at) == 1
    assert pools.member("M-1").status == "active"


def test_coverage_counts_who_was_spoken_to(inside: Tenant, at: datetime) -> None:
    for number in ("M-1", "M-2", "M-3"):
        upsert_merchant(external_id=number, name="店", actor=ACTOR, at=at)
    pools.pooled(at, "M-1,,,A,,", "M-2,,,A,,", "M-3,,,A,,", "M-4,,,,,")
    invite_member(member_id=pools.member("M-1").id, actor=ACTOR, at=at)
    remove_member(member_id=pools.member("M-3").id, reason="示例", actor=ACTOR, at=at)
    seen = [(one.tier, one.total, one.covered, one.share) for one in tier_coverage()]
    assert seen == [
        ("A", 2, 1, 0.5), ("B", 0, 0, None), ("C", 0, 0, None), ("D", 0, 0, None), ("", 1, 0, 0.0),
    ]  # fmt: skip
    assert list_pool_members(search="M-", tier="A").count() == 3
    assert list_pool_members(updated_since=at + timedelta(seconds=1)).count() == 0


def test_states_that_cannot_be_are_refused_by_the_database(inside: Tenant, at: datetime) -> None:
    upsert_merchant(external_id="M-1", name="店", actor=ACTOR, at=at)
    pools.pooled(at, "M-1,店,,A,,")
    rows = PoolMember.objects.filter(external_id="M-1")
    for change in (
        {"tier": "E"}, {"status": "lost"}, {"status": "imported"}, {"merchant_id": None},
        {"status": "prescreened"}, {"indicative_limit_minor": 5}, {"prescreen_result": "pass"},
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


def test_another_platform_and_no_scope(inside: Tenant, other_tenant: Tenant, at: datetime) -> None:
    firm = trading("M-1", at)
    pools.pooled(at, "M-1,店,,A,,")
    member = pools.member("M-1")
    before = facts(member)
    with tenant_scope(other_tenant.id):
        for act in (remove_member, restore_member):
            with pytest.raises(NotFound):
                act(member_id=member.id, reason="示例", actor=ACTOR, at=at)
        with pytest.raises(NotFound):
            match_merchant(merchant_id=firm.id, at=at)
        assert follow_merchant(merchant_id=firm.id, to=PoolStatus.ACTIVE, at=at) is None
        assert tell_entries(hidden={firm.id: "pool_removed"}) == 0
        assert prescreen_pool(actor=ACTOR, at=at) == 0
        assert PoolMember.objects.count() == 0
    assert facts(member) == before
    with pytest.raises(ValueError, match="nonsense"):
        tell_entries(hidden={firm.id: "nonsense"})


def test_without_a_scope_nothing_moves(tenant: Tenant, at: datetime) -> None:
    for act in (catch_up_pool, prescreen_pool, age_pool):
        with pytest.raises(NoScope):
            act(actor=ACTOR, at=at)


def test_every_pool_is_tended_by_night(tenant: Tenant, other_tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        pools.pooled(at, "M-1,,,,,")
    assert tend_pools() == 1


def test_whoever_has_no_line_any_more_sleeps_on(inside: Tenant, at: datetime) -> None:
    firm = lives.merchant_with_trade("M-1", at - timedelta(hours=1))
    line = lives.line_of(firm, at)
    pools.pooled(at, "M-1,店,,A,,")
    follow_merchant(merchant_id=firm.id, to=PoolStatus.ACTIVE, at=at)
    lives.repaid(lives.drawn(line, 300_000, "SO-1", at), 300_000, "PAY-1", at)
    close_line(line_id=line.id, reason="merchant_request", actor=ACTOR, at=at)
    follow_merchant(merchant_id=firm.id, to=PoolStatus.DORMANT, at=at)
    before = facts(pools.member("M-1"))
    assert age_pool(actor=ACTOR, at=at + timedelta(days=1)) == 0
    assert facts(pools.member("M-1")) == before


@pytest.mark.parametrize("by", ["event", "restore"])
def test_who_was_taken_out_before_we_knew_the_firm_stays_out(
    inside: Tenant, at: datetime, by: str
) -> None:
    code = fake_registration_no(5)
    pools.pooled(at, "M-1,店,,A,,", f"X-2,厂,{code},A,,")
    for name in ("M-1", "X-2"):
        remove_member(member_id=pools.member(name).id, reason="停止合作", actor=ACTOR, at=at)
    named, _ = upsert_merchant(external_id="M-1", name="店", actor=ACTOR, at=at)
    coded, _ = upsert_merchant(
        external_id="M-2", name="厂", registration_no=code, actor=ACTOR, at=at
    )
    if by == "event":
        for firm in (named, coded):
            match_merchant(merchant_id=firm.id, at=at)
            firm.refresh_from_db()
            assert firm.entry_hidden_reason == "pool_removed"
            assert not entry(firm.external_id, at=at).is_visible
        assert {pools.member(name).status for name in ("M-1", "X-2")} == {"removed"}
    for name, firm in (("M-1", named), ("X-2", coded)):
        member = pools.member(name)
        back = restore_member(member_id=member.id, reason="恢复合作", actor=ACTOR, at=at)
        assert (back.status, back.merchant_id) == ("matched", firm.id)
        firm.refresh_from_db()
        assert firm.entry_hidden_reason == ""


def test_a_registration_number_of_two_merchants_calls_nobody(inside: Tenant, at: datetime) -> None:
    code = fake_registration_no(5)
    pools.pooled(at, f"X-2,厂,{code},A,,")
    for number in ("M-1", "M-2"):
        firm, _ = upsert_merchant(
            external_id=number, name="厂", registration_no=code, actor=ACTOR, at=at
        )
    before = facts(pools.member("X-2"))
    assert match_merchant(merchant_id=firm.id, at=at) is None
    assert facts(pools.member("X-2")) == before
