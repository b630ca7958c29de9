"""The roster and the QR codes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from campaigns import errors
from campaigns.domain.salespeople import PARAMETER, with_token
from campaigns.enums import SalespersonStatus
from campaigns.models import Salesperson, SalespersonQr
from campaigns.operations.salespeople import (
    issue_qr,
    mark_back,
    mark_left,
    revoke_qr,
    save_salesperson,
)
from campaigns.queries.salespeople import (
    display_name,
    list_salespeople,
    qr_url,
    salesperson_by_code,
    salesperson_of_token,
    salesperson_told,
    token_of,
)
from platform_app.kernel import crypto
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import AuditRecord
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import no_scope, tenant_scope
from tenants.errors import BadPhone, OriginNotAllowed
from tenants.models import Tenant
from tests.campaigns.sellers import ACTOR, PHONE, SHOP, everything, qr_of, seller
from tests.risk.cast import new_tenant

BY: dict[str, Any] = {"actor": ACTOR}


def stays(refusal: type[Exception], act: Callable[[], Any]) -> None:
    before = everything(), AuditRecord.objects.count()
    with pytest.raises(refusal), transaction.atomic():
        act()
    assert (everything(), AuditRecord.objects.count()) == before


def actions() -> list[str]:
    return list(AuditRecord.objects.order_by("position").values_list("action", flat=True))


def test_one_is_added_once_and_changed_by_what_is_said(here: Tenant, now: datetime) -> None:
    row = seller("S-017", now, region="华东")
    assert (row.name_masked, row.phone_masked) == ("王*", "138****0001")
    assert (row.status, row.since_on, row.until_on) == ("active", date(2026, 5, 20), None)
    assert "王示例".encode() not in bytes(row.name_sealed)
    assert display_name(row) == "王示例"
    before = everything()
    again, is_new = save_salesperson(code=" S-017 ", phone="138-0000 0001", **BY, at=now)
    assert (again.id, is_new, everything()) == (row.id, False, before)
    changed, _ = save_salesperson(code="S-017", branch="", phone="13800000002", **BY, at=now)
    assert (changed.branch, changed.region, changed.phone_masked, changed.version) == (
        "", "华东", "138****0002", 2,
    )  # fmt: skip
    assert actions() == ["campaigns.salesperson.added", "campaigns.salesperson.changed"]
    assert PHONE not in str(list(AuditRecord.objects.values("before", "after")))


@pytest.mark.usefixtures("here")
def test_what_is_wrong_is_refused(now: datetime) -> None:
    good: dict[str, Any] = {"code": "S-1", "name": "王示例", "phone": PHONE, **BY, "at": now}
    for code in ("", "a b", "../x", "-1", "x" * 41):
        stays(errors.BadSalespersonCode, partial(save_salesperson, **good | {"code": code}))
    stays(BadPhone, lambda: save_salesperson(**good | {"phone": "12345"}))
    stays(BadPhone, lambda: save_salesperson(**good | {"phone": ""}))
    stays(Invalid, lambda: save_salesperson(**good | {"name": ""}))
    stays(Invalid, lambda: save_salesperson(**good | {"branch": "a\nb"}))
    stays(NotFound, lambda: mark_left(salesperson_id="sls_nonsense", **BY, at=now))


@pytest.mark.usefixtures("here")
def test_only_the_newest_code_counts(now: datetime) -> None:
    row = seller("S-1", now)
    first = qr_of(row, now)
    token = token_of(first)
    assert salesperson_of_token(token, at=now) == (row, first)
    assert qr_url(first) == f"{SHOP}/credit?from=qr&{PARAMETER}={token}"
    assert token not in str(list(SalespersonQr.objects.values()))
    second = issue_qr(salesperson_id=row.id, entry_url="", valid_days=1, **BY, at=now)
    assert (second.number, second.entry_url) == (2, first.entry_url)
    with pytest.raises(errors.SalespersonTokenRevoked):
        salesperson_of_token(token, at=now)
    newer = token_of(second)
    assert salesperson_of_token(f" {newer} ", at=now)[1] == second
    end = now + timedelta(days=1)
    assert salesperson_of_token(newer, at=end - timedelta(seconds=1))[1] == second
    with pytest.raises(errors.SalespersonTokenExpired):
        salesperson_of_token(newer, at=end)
    revoke_qr(salesperson_id=row.id, **BY, at=now)
    revoke_qr(salesperson_id=row.id, **BY, at=now)
    with pytest.raises(errors.SalespersonTokenRevoked):
        salesperson_of_token(newer, at=now)
    assert actions()[1:] == [
        "campaigns.salesperson.qr_issued", "campaigns.salesperson.qr_issued",
        "campaigns.salesperson.qr_revoked",
    ]  # fmt: skip


@pytest.mark.usefixtures("here")
def test_an_altered_or_foreign_token_is_none(now: datetime) -> None:
    row = seller("S-1", now)
    token = token_of(qr_of(row, now))
    version, whose, number, expires, proof = token.split(".")
    other = seller("S-2", now)
    qr_of(other, now)
    later = str(int(expires) + 86_400)
    wrong = [
        "", "x", token + "0", f"2.{whose}.{number}.{expires}.{proof}",
        f"{version}.{other.id}.{number}.{expires}.{proof}",
        f"{version}.{whose}.2.{expires}.{proof}", f"{version}.{whose}.{number}.{later}.{proof}",
        f"{version}.{whose}.{number}.{expires}.{'0' * 32}",
    ]  # fmt: skip
    for text in wrong:
        with pytest.raises(errors.SalespersonTokenInvalid):
            salesperson_of_token(text, at=now)
    with tenant_scope(new_tenant("else-token")):
        crypto.create_data_key()
        with pytest.raises(errors.SalespersonTokenInvalid):
            salesperson_of_token(token, at=now)


@pytest.mark.usefixtures("here")
def test_the_page_is_the_platforms_own(now: datetime) -> None:
    row = seller("S-1", now)
    told: dict[str, Any] = {"salesperson_id": row.id, "valid_days": 10, **BY, "at": now}
    for url in ("https://evil.example/", "javascript:alert(1)", "//shop.example/", "http://["):
        stays(OriginNotAllowed, partial(issue_qr, entry_url=url, **told))
    for days in (0, 367):
        stays(Invalid, partial(issue_qr, entry_url="", **told | {"valid_days": days}))
    assert issue_qr(entry_url="", **told).entry_url == f"{SHOP}/"
    Tenant.objects.update(embed_origins=[])
    stays(errors.EntryUrlMissing, lambda: issue_qr(entry_url="", **told))
    assert with_token("https://a.example/?bt_sp=old&x=1#y", "new") == (
        "https://a.example/?x=1&bt_sp=new#y"
    )


@pytest.mark.usefixtures("here")
def test_whoever_has_left_brings_nobody(now: datetime) -> None:
    row = seller("S-1", now)
    token = token_of(qr_of(row, now))
    left = mark_left(salesperson_id=row.id, **BY, at=now)
    assert (left.status, left.until_on) == (SalespersonStatus.LEFT, date(2026, 5, 20))
    before = everything()
    mark_left(salesperson_id=row.id, **BY, at=now)
    assert everything() == before
    with pytest.raises(errors.SalespersonLeft):
        salesperson_of_token(token, at=now)
    with pytest.raises(errors.SalespersonLeft):
        salesperson_told("S-1")
    told: dict[str, Any] = {"salesperson_id": row.id, "entry_url": "", "valid_days": 1}
    stays(errors.SalespersonLeft, lambda: issue_qr(**told, **BY, at=now))
    back = mark_back(salesperson_id=row.id, **BY, at=now)
    assert (back.status, back.until_on) == (SalespersonStatus.ACTIVE, None)
    with pytest.raises(errors.SalespersonTokenRevoked):
        salesperson_of_token(token, at=now)
    assert salesperson_told(" S-1 ") == back
    with pytest.raises(errors.SalespersonUnknown):
        salesperson_told("S-9")


@pytest.mark.usefixtures("here")
def test_another_platforms_roster_is_not_there(now: datetime) -> None:
    row = seller("S-1", now)
    assert list(list_salespeople(search="s-", status="active")) == [row]
    assert list(list_salespeople(search="示例一")) == [row]
    assert list(list_salespeople(status="left")) == []
    with tenant_scope(new_tenant("else-roster")):
        crypto.create_data_key()
        assert list(list_salespeople()) == []
        with pytest.raises(NotFound):
            mark_left(salesperson_id=row.id, **BY, at=now)
        assert seller("S-1", now).id != row.id
    with no_scope(), pytest.raises(NoScope):
        save_salesperson(code="S-2", name="x", phone=PHONE, **BY, at=now)
    assert Salesperson.objects.count() == 1


def test_a_code_is_the_same_in_small_letters(here: Tenant, now: datetime) -> None:
    row = seller("S-017a", now)
    again, is_new = save_salesperson(code="s-017A", branch="二部", **BY, at=now)
    assert (again.id, is_new, again.code, again.branch) == (row.id, False, "S-017a", "二部")
    assert salesperson_by_code("s-017A").id == row.id
    with pytest.raises(IntegrityError), transaction.atomic():
        Salesperson.objects.create(code="S-017A", since_on=row.since_on)


def test_marks_that_cannot_be_seen_are_left_out(here: Tenant, now: datetime) -> None:
    row = seller("S-1", now, name="王\u202e示例\u200b", region="\u2066华东")
    assert (display_name(row), row.region) == ("王示例", "华东")
    qr = issue_qr(
        salesperson_id=row.id, entry_url="https://shop.example/\u202ex", valid_days=1, **BY, at=now
    )
    assert qr.entry_url == "https://shop.example/x"
