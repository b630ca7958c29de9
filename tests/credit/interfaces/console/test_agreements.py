"""The evidence of an agreement on a staff page, and copies checked against it."""

from datetime import datetime, timedelta
from io import BytesIO

import pytest

from credit.models import CreditLine, Document
from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Tenant
from tests.callers import browser, callers, member
from tests.credit import lives, signing
from tests.tenants.interfaces.merchant.visits import words

HERE = "/console/lines/{}/agreement"


@pytest.fixture
def line(tenant: Tenant, at: datetime) -> CreditLine:
    with tenant_scope(tenant.id):
        merchant = lives.merchant_with_trade("M-1", at - timedelta(hours=1))
        return signing.signed_line(merchant, at)


def copy_of(line: CreditLine) -> bytes:
    with tenant_scope(line.tenant_id):
        return bytes(Document.objects.get(kind="contract").content)


def file(content: bytes) -> dict[str, BytesIO]:
    held = BytesIO(content)
    held.name = "copy.pdf"
    return {"file": held}


def test_the_page_shows_every_check_and_hash(
    tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    client = browser(member(tenant, "finance", at))
    client.cookies["django_language"] = "en"
    said = words(client.get(HERE.format(line.id)))
    assert "Checked just now: everything is as it was signed." in said
    assert "Signed with test certificates: without legal force." in said
    assert said.count("Yes") == 6
    assert "the partner's own pages" in said
    link = f"/console/lines/{line.id}/agreement"
    assert link in client.get(f"/console/lines/{line.id}").content.decode()


def test_a_copy_is_the_agreement_or_it_is_not(
    tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    client = browser(member(tenant, "owner", at))
    client.cookies["django_language"] = "en"
    good = copy_of(line)
    same = words(client.post(HERE.format(line.id), file(good)))
    assert "The copy is the agreement that was signed." in same
    bad = bytearray(good)
    bad[1_000] ^= 1
    for other in (bytes(bad), good + b" ", b"nothing"):
        said = words(client.post(HERE.format(line.id), file(other)))
        assert "The copy is not the agreement that was signed." in said
    none = client.post(HERE.format(line.id), {})
    assert (none.status_code, "Choose a PDF first." in words(none)) == (422, True)
    big = client.post(HERE.format(line.id), file(b"x" * 5_000_001))
    assert big.status_code == 422


def test_one_without_a_signature_says_so(tenant: Tenant, at: datetime) -> None:
    with tenant_scope(tenant.id):
        plain = lives.line_of(lives.merchant_with_trade("M-2", at - timedelta(hours=1)), at)
    client = browser(member(tenant, "owner", at))
    client.cookies["django_language"] = "en"
    said = words(client.get(HERE.format(plain.id)))
    assert "Concluded without an electronic signature" in said
    assert "Check a copy" not in said


def test_three_callers(
    tenant: Tenant, other_tenant: Tenant, line: CreditLine, at: datetime
) -> None:
    assert callers(tenant, other_tenant, at).statuses(HERE.format(line.id)) == (302, 404, 200)
    assert browser(member(tenant, "viewer", at)).get(HERE.format(line.id)).status_code == 403
