"""Pages on which a merchant waits for somebody outside: how they poll, what they say, how they end.

The credit bureau is asked between submitting and the decision, the e-sign bureau between the
signature and the line. Nothing has to be pressed meanwhile, and leaving loses nothing.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from credit.gateways.signing import BureauScript
from credit.models import Application, ContractSignature, CreditLine, Offer
from credit.operations.applications import decide_application
from credit.operations.signing import conclude, fail, order_of
from credit.operations.withdrawals import withdraw_application
from platform_app.kernel import clock
from platform_app.kernel.tenancy import tenant_scope
from risk.enums import ReportKind
from risk.operations.reports import simulate_report_source
from tenants.models import Merchant, Tenant
from tests.credit import referrals, signing
from tests.credit.interfaces.merchant.test_signing import READ, fields
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, visit_of, words

PROGRESS, SIGNING = "/m/application/progress/", "/m/offer/signing/"
LANGUAGES = ("en", "zh-hans")


def read(visits: dict[str, Visit], path: str) -> dict[str, Any]:
    return {locale: visit.get(path) for locale, visit in visits.items()}


def polls(page: Any) -> bool:
    """Whether the script looks again by itself: it begins with three seconds."""
    html = page.content.decode()
    assert html.count("data-poll") == html.count('data-poll="3"')
    return 'data-poll="3"' in html


@pytest.fixture
def visits(merchant: Merchant, at: datetime) -> dict[str, Visit]:
    return {locale: visit_of(merchant, at, locale=locale) for locale in LANGUAGES}


@pytest.fixture
def asking(visits: dict[str, Visit], tenant: Tenant, at: datetime) -> dict[str, Visit]:
    """Submitted, with a credit bureau to be asked: the decision is left to a job."""
    with tenant_scope(tenant.id):
        simulate_report_source(
            kind=ReportKind.BUREAU, name="示例征信", kept_days=30, actor="usr_one", at=at
        )
    assert gone_to(visits["en"].post("/m/application/")) == PROGRESS
    with tenant_scope(tenant.id):
        assert Application.objects.get().status == "submitted"
    return visits


def test_while_the_credit_bureau_is_asked(asking: dict[str, Visit], tenant: Tenant) -> None:
    said = {locale: words(page) for locale, page in read(asking, PROGRESS).items()}
    for page in read(asking, PROGRESS).values():
        assert polls(page)
        html = page.content.decode()
        assert ('data-status="submitted"' in html, 'data-actor="us"' in html) == (True, True)
        assert "weui-btn_primary" not in html  # there is nothing to press
        assert html.count("data-left") == 1
        assert "/m/application/withdraw/" in html
    for part in (
        "We are checking", "the system is at work", "usually one to three minutes",
        "shown here; you may leave this page", "Still at work. You may leave",
    ):  # fmt: skip
        assert part in said["en"]
    for part in (
        "正在核验", "核验中", "系统处理中", "出结果后在此显示，您可以先离开",
        "还在处理。您可以先离开，结果会在这里等您。",
    ):  # fmt: skip
        assert part in said["zh-hans"]
    # Coming back, or pressing again, is the same page: nothing is asked for twice.
    assert gone_to(asking["en"].get("/m/home/")) == PROGRESS
    assert gone_to(asking["en"].post("/m/application/")) == "/m/home/"
    with tenant_scope(tenant.id):
        assert Application.objects.count() == 1


def _decided(application: Application, at: datetime) -> None:
    decide_application(application_id=application.id, actor="x", at=at)


def _referred(application: Application, at: datetime) -> None:
    referrals.refer_everybody()
    _decided(application, at)


def _withdrawn(application: Application, at: datetime) -> None:
    withdraw_application(application_id=application.id, reason="", actor="x", at=at)


@pytest.mark.parametrize(
    ("ends", "status", "waits_on", "said"),
    [
        (_decided, "approved", False, ("Good news: you are approved", "好消息，已经通过")),
        (_referred, "in_review", True, ("A reviewer is looking at it", "审核员正在处理")),
        (_withdrawn, "withdrawn", False, ("You took the application back", "您已撤回申请")),
    ],
)
def test_how_asking_ends(
    asking: dict[str, Visit], tenant: Tenant, at: datetime,
    ends: Callable[[Application, datetime], None], status: str, said: tuple[str, str], *,
    waits_on: bool,
) -> None:  # fmt: skip
    with tenant_scope(tenant.id):
        ends(Application.objects.get(), at)
    for (_, page), heading in zip(read(asking, PROGRESS).items(), said, strict=True):
        assert f'data-status="{status}"' in page.content.decode()
        assert polls(page) is waits_on
        assert heading in words(page)


@pytest.fixture
def bureau(tenant: Tenant, merchant: Merchant, at: datetime) -> signing.Bureau:
    """An offer that was read, on a platform whose agreements a bureau signs."""
    with tenant_scope(tenant.id):
        signing.offer_of(merchant, at)
        Tenant.objects.filter(pk=tenant.pk).update(is_virtual=False)
        return signing.bureau(BureauScript.SIGN, at)


@pytest.fixture
def signing_now(
    visits: dict[str, Visit], bureau: signing.Bureau, tenant: Tenant, at: datetime
) -> dict[str, Visit]:
    """Signed on the phone; the bureau has not answered."""
    assert bureau.here.asked == []
    press(visits, tenant, at + READ)
    return visits


def press(visits: dict[str, Visit], tenant: Tenant, at: datetime) -> None:
    """Sign what was read: from then on the page waits."""
    with tenant_scope(tenant.id):
        offer = Offer.objects.select_related("cost_sheet").get()
    with clock.travel(at):
        assert gone_to(visits["en"].post("/m/offer/accept/", fields(offer))) == SIGNING


def test_while_the_e_sign_bureau_signs(signing_now: dict[str, Visit], tenant: Tenant) -> None:
    pages = read(signing_now, SIGNING)
    for page in pages.values():
        assert polls(page)
        assert 'data-actor="system"' in page.content.decode()
        assert "weui-btn_primary" not in page.content.decode()
    assert "Your signature is being made" in words(pages["en"])
    assert "The line opens once it has signed." in words(pages["en"])
    assert "正在为您签署" in words(pages["zh-hans"])
    assert "签署后额度即刻开通" in words(pages["zh-hans"])
    with tenant_scope(tenant.id):
        assert CreditLine.objects.count() == 0


def test_signing_ends_without_an_agreement(
    signing_now: dict[str, Visit], tenant: Tenant, at: datetime
) -> None:
    later = at + READ + timedelta(seconds=10)
    with tenant_scope(tenant.id):
        fail(ContractSignature.objects.get(), "identity_refused", at=later)
    pages = read(signing_now, SIGNING)
    for page in pages.values():
        assert not polls(page)
        assert 'href="/m/offer/"' in page.content.decode()
        assert "identity_refused" not in page.content.decode()  # our own word, not the merchant's
    assert "The agreement could not be signed" in words(pages["en"])
    assert "Nothing was concluded and nothing is owed." in words(pages["en"])
    assert "没有签订任何协议，也不产生任何费用。您可以重新签署。" in words(pages["zh-hans"])
    with tenant_scope(tenant.id):
        assert CreditLine.objects.count() == 0
    press(signing_now, tenant, later)  # again, as the page offers
    assert polls(signing_now["en"].get(SIGNING))


def test_signing_ends_with_a_line(
    signing_now: dict[str, Visit], bureau: signing.Bureau, tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        row = ContractSignature.objects.select_related("authority").get()
        conclude(row, bureau.here.sign(order_of(row)).cms, at=at + READ + READ)
        assert CreditLine.objects.get().status == "active"
    for page in read(signing_now, SIGNING).values():
        assert gone_to(page) == "/m/offer/done/"


def test_strangers_wait_for_nothing_of_it(
    signing_now: dict[str, Visit], strangers: list[Visit]
) -> None:
    assert polls(signing_now["en"].get(SIGNING))
    for stranger in strangers:
        assert gone_to(stranger.get(SIGNING)) == "/m/offer/done/"  # lines of their own
    assert [Visit().get(path).status_code for path in (PROGRESS, SIGNING)] == [401, 401]
