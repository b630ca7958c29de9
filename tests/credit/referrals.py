"""Applications that a person decides, for the tests."""

from datetime import datetime, timedelta
from typing import Any

from credit.models import Application, CreditLine, Review
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.limit_reviews import ask_limit
from platform_app.kernel import clock
from risk.domain.canonical import sha256
from risk.enums import Outcome, OverrideReason, ReportKind, VersionStatus, WatchKind, WatchReason
from risk.models import Decision, Policy
from risk.operations.overrides import record_override
from risk.operations.reports import fetch_reports, set_report_source
from risk.operations.watch_list import add_watch_entry
from tenants.models import Merchant
from tests.credit import lives


def refer_everybody() -> Policy:
    """A policy in force that passes on whoever it does not decline."""
    now: Policy = Policy.objects.get(status=VersionStatus.CHAMPION)
    body: dict[str, Any] = {**now.body, "stages": [dict(stage) for stage in now.body["stages"]]}
    for stage in body["stages"]:
        if stage["name"] == "outcome":
            stage["rows"] = [
                {**row, "then": {"outcome": "refer", "reason": "overall_assessment"}}
                if row["then"].get("outcome") == "approve"
                else row
                for row in stage["rows"]
            ]
    Policy.objects.filter(pk=now.pk).update(status=VersionStatus.RETIRED)
    made: Policy = Policy.objects.create(
        version=now.version + 1, status=VersionStatus.CHAMPION, body=body, sha256=sha256(body)
    )
    return made


def applied(merchant: Merchant, at: datetime) -> Application:
    """Applied for and decided by the policy."""
    later = at + timedelta(seconds=1)
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=lives.ACTOR,
        at=later,
    )  # fmt: skip
    return decide_application(application_id=application.id, actor=lives.ACTOR, at=later)


def referred(number: str, at: datetime) -> Review:
    """A merchant with a good year whom the policy passes on."""
    application = applied(lives.merchant_with_trade(number, at), at)
    found: Review = Review.objects.get(application=application)
    return found


def declined(number: str, at: datetime) -> Application:
    """A merchant of two orders: too few to go by."""
    return applied(lives.merchant_with_trade(number, at, weeks=2), at)


def line_at_its_limit(number: str, at: datetime) -> CreditLine:
    """A line that the policy gave before it referred everybody, as high as the formulas go."""
    Policy.objects.filter(status=VersionStatus.CHAMPION).update(status=VersionStatus.RETIRED)
    first: Policy = Policy.objects.order_by("version")[0]
    Policy.objects.filter(pk=first.pk).update(status=VersionStatus.CHAMPION)
    return lives.line_of(lives.merchant_with_trade(number, at), at)


def one_of_each(line: CreditLine, at: datetime) -> None:
    """An override with its review, a look at the limit, an entry on a list, a report."""
    application = line.offer.application
    override = record_override(
        decision=Decision.objects.select_related("scorecard", "policy").get(
            pk=application.decision_id
        ),
        outcome=Outcome.DECLINE, limit_minor=0, reason_code=OverrideReason.DOUBT, comment="示例",
        by="usr_one", second_by="", at=at,
    )  # fmt: skip
    Review.objects.create(
        application=application, decision_id=application.decision_id, kind="referred",
        status="closed", opened_at=at, due_at=at, closed_at=at, override=override,
    )  # fmt: skip
    ask_limit(
        line_id=line.id, wanted_minor=line.limit_minor + 100_000, actor="merchant:x",
        at=at + timedelta(minutes=1),
    )  # fmt: skip
    add_watch_entry(
        merchant_id=line.merchant_id, kind=WatchKind.WATCH, reason_code=WatchReason.OTHER,
        comment="示例", expires_on=clock.day_of(at) + timedelta(days=1), actor="usr_one", at=at,
    )  # fmt: skip
    set_report_source(
        kind=ReportKind.BUREAU, name="示例征信", url="", key_id="", secret="", kept_days=90,
        actor="usr_one", at=at,
    )  # fmt: skip
    fetch_reports(merchant_id=line.merchant_id, actor="usr_one", at=at)
