"""Applications that a person decides, for the tests."""

from datetime import datetime, timedelta
from typing import Any

from credit.models import Application, Review
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from risk.domain.canonical import sha256
from risk.enums import VersionStatus
from risk.models import Policy
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
