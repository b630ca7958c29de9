"""Taking a consent back: nothing new is drawn, what is owed goes on, and it can be given again."""

from datetime import datetime
from typing import Any

import pytest

from credit.enums import SuspensionReason
from credit.errors import ConsentMissing, LineNotActive
from credit.models import CreditLine, Drawdown
from credit.operations.consents import end_consent
from credit.operations.lines import resume_line, suspend_line
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.models import ConsentRecord
from tests.credit import lives
from tests.tenants.interfaces.merchant.visits import Visit, gone_to, words

LIST = "/m/consents/given/"
END, RENEW = "/m/consents/bureau_query/end/", "/m/consents/bureau_query/renew/"


def state(line: CreditLine) -> tuple[str, str]:
    with tenant_scope(line.tenant_id):
        line.refresh_from_db()
    return line.status, line.status_reason


def test_it_is_taken_back_and_given_again(visit: Visit, drawn: Drawdown, at: datetime) -> None:
    with tenant_scope(drawn.tenant_id):
        line = drawn.line
    assert words(visit.get(LIST)).count("Take it back") == 4
    told = words(visit.get(END))
    assert "Your line is suspended" in told
    assert "nothing falls due earlier" in told
    assert state(line) == ("active", "")
    assert gone_to(visit.post(END)) == LIST
    assert state(line) == ("suspended", "consent")
    listed = words(visit.get(LIST))
    assert (listed.count("Take it back"), listed.count("Agree again")) == (3, 1)
    with tenant_scope(drawn.tenant_id):
        with pytest.raises(LineNotActive):
            lives.authorized(line, 100_000, "SO-2", at)
        lives.repaid(drawn, 10_000, "R-1", at)
    assert gone_to(visit.post(END)) == LIST  # again: nothing left to take back
    assert gone_to(visit.post(RENEW)) == LIST
    assert state(line) == ("active", "")
    with tenant_scope(drawn.tenant_id):
        records = ConsentRecord.objects.filter(code="bureau_query").order_by("at", "id")
        assert [one.is_given for one in records] == [True, False, True]


def test_all_of_them_are_needed_and_another_reason_stays(
    visit: Visit, line: CreditLine, at: datetime
) -> None:
    other = "/m/consents/sensitive_data/"
    visit.post(END)
    visit.post(f"{other}end/")
    visit.post(RENEW)
    assert state(line) == ("suspended", "consent")
    visit.post(f"{other}renew/")
    assert state(line) == ("active", "")
    with tenant_scope(line.tenant_id):
        suspend_line(
            line_id=line.id, because=SuspensionReason.RISK, reason="x", actor="usr_one", at=at
        )
    visit.post(END)
    visit.post(RENEW)
    assert state(line) == ("suspended", "risk")


def test_nobody_else_resumes_a_line_without_it(
    visit: Visit, line: CreditLine, at: datetime
) -> None:
    by: dict[str, Any] = {"line_id": line.id, "actor": "usr", "at": at, "reason": "x"}
    with tenant_scope(line.tenant_id):
        suspend_line(because=SuspensionReason.RISK, **by)
    visit.post(END)
    assert state(line) == ("suspended", "risk")
    with tenant_scope(line.tenant_id), pytest.raises(ConsentMissing):
        resume_line(**by)
    assert state(line) == ("suspended", "risk")
    visit.post(RENEW)
    with tenant_scope(line.tenant_id):
        resume_line(**by)
    assert state(line) == ("active", "")


def test_what_is_none_of_ours(visit: Visit, line: CreditLine) -> None:
    for path in ("/m/consents/zodiac/end/", "/m/consents/zodiac/renew/"):
        assert visit.post(path).status_code == 404
        assert Visit().post(path).status_code == 401
    assert Visit().get(LIST).status_code == 401
    assert state(line) == ("active", "")


def test_strangers_take_back_only_their_own(strangers: list[Visit], line: CreditLine) -> None:
    for stranger in strangers:
        stranger.post(END)
    assert state(line) == ("active", "")
    told = {"merchant_id": line.merchant_id, "code": "bureau_query", "evidence": {}, "actor": "x"}
    with no_scope(), pytest.raises(NoScope):
        end_consent(**told, at=line.created_at)
