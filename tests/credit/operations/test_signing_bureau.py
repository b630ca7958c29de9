"""A bureau signs: outside any transaction, once, and the line opens with its signature only."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from credit.errors import SignatureUnderWay, SignsOnPages
from credit.gateways.certificates import make_certificates
from credit.gateways.http_signing import HttpSigner
from credit.gateways.signing import BureauScript
from credit.models import Contract, ContractSignature, CreditLine, Document, Offer, SigningAuthority
from credit.operations.contract_proofs import verify_contract
from credit.operations.launch import launch_tenant
from credit.operations.offers import expire_offers
from credit.operations.signing import sign_offer
from credit.operations.signing_authorities import connect_bureau, signer_of
from credit.operations.signing_pursuit import pursue_signature
from credit.queries.signing import due_signatures
from platform_app.kernel import ids
from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.tenancy import platform_scope, tenant_scope
from tenants.models import EmbedSession, Tenant
from tenants.operations.embed_sessions import open_session
from tests.conftest import FIRST_DAY
from tests.credit import lives, signing

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def real(transactional_db: None, at: datetime) -> Iterator[Tenant]:
    """A platform that is not virtual, with its scope open."""
    made = launch_tenant(
        slug="real", name="示例采购网", vertical="pet", lender_name="示例小额贷款有限公司",
        lender_phone="400-000-0000", first_day=FIRST_DAY, is_virtual=False, actor="system:test",
        at=at,
    )  # fmt: skip
    with tenant_scope(made.id):
        yield made


def asked(at: datetime) -> tuple[Offer, EmbedSession]:
    """An offer that a merchant without a phone has asked to sign."""
    merchant = lives.merchant_with_trade("M-1", at - timedelta(hours=1))
    offer = signing.offer_of(merchant, at)
    visit, _ = open_session(
        merchant_id=merchant.id, component="apply", origin="", return_url="", locale="zh-hans",
        order_no="", amount_minor=0, actor=lives.ACTOR, at=at,
    )  # fmt: skip
    assert signing.signed(offer, at + LATER, visit) is None
    return offer, visit


def look(bureau: signing.Bureau, at: datetime) -> str:
    row = ContractSignature.objects.order_by("-id")[0]
    return pursue_signature(signature_id=row.id, signers=bureau.of, now=lambda: at).value


def nothing_opened() -> bool:
    return not (
        CreditLine.objects.exists() or Contract.objects.exists() or Document.objects.exists()
    )


def test_the_line_opens_once_the_bureau_has_signed(real: Tenant, at: datetime) -> None:
    bureau = signing.bureau(BureauScript.SIGN, at)
    offer, visit = asked(at)
    assert nothing_opened()
    with pytest.raises(SignatureUnderWay):
        signing.signed(offer, at + LATER, visit)
    assert look(bureau, at + MINUTE) == "signed"
    line = CreditLine.objects.get()
    proof = verify_contract(line_id=line.id)
    assert (proof.is_proven, line.activated_at) == (True, at + LATER)
    assert look(bureau, at + MINUTE) == "signed"
    assert len(bureau.here.asked) == 1
    again = signing.signed(offer, at + 2 * MINUTE, visit)
    assert again is not None
    assert again.id == line.id


def test_a_time_out_is_asked_about_not_sent_again(real: Tenant, at: datetime) -> None:
    bureau = signing.bureau(BureauScript.SIGN_AND_TIME_OUT, at)
    asked(at)
    assert look(bureau, at + MINUTE) == "unknown"
    assert nothing_opened()
    assert look(bureau, at + MINUTE) == "unknown"
    assert look(bureau, at + 3 * MINUTE) == "signed"
    assert (len(bureau.here.asked), CreditLine.objects.count()) == (1, 1)


def test_what_never_arrived_is_sent_again_after_ten_minutes(real: Tenant, at: datetime) -> None:
    bureau = signing.bureau(BureauScript.LOSE, at)
    asked(at)
    assert look(bureau, at + MINUTE) == "unknown"
    assert look(bureau, at + 3 * MINUTE) == "unknown"
    assert look(bureau, at + 20 * MINUTE) == "prepared"
    assert look(bureau, at + 20 * MINUTE) == "signed"
    key = ContractSignature.objects.get().id
    assert bureau.here.asked == [key, key]


def test_a_bureau_that_takes_its_time(real: Tenant, at: datetime) -> None:
    bureau = signing.bureau(BureauScript.SIGN_LATER, at)
    offer, _visit = asked(at)
    assert look(bureau, at + MINUTE) == "requested"
    assert expire_offers(at=offer.expires_at) == 0
    assert look(bureau, offer.expires_at) == "signed"
    assert CreditLine.objects.get().activated_at == at + LATER


@pytest.mark.parametrize(
    ("script", "detail"),
    [
        (BureauScript.DECLINE, "identity_refused"),
        (BureauScript.SIGN_ANOTHER, "signature_invalid"),
    ],
)
def test_without_a_signature_that_holds_nothing_opens(
    real: Tenant, at: datetime, script: BureauScript, detail: str
) -> None:
    bureau = signing.bureau(script, at)
    offer, visit = asked(at)
    assert look(bureau, at + MINUTE) == "failed"
    assert nothing_opened()
    assert ContractSignature.objects.get().detail == detail
    assert signing.signed(offer, at + 2 * MINUTE, visit) is None
    assert ContractSignature.objects.count() == 2


def test_a_signature_by_somebody_else_is_not_trusted(real: Tenant, at: datetime) -> None:
    signing.bureau(BureauScript.SIGN, at)
    impostor = signing.bureau(BureauScript.SIGN, at)
    genuine = signing.bureau(BureauScript.SIGN, at)
    asked(at)
    assert look(impostor, at + MINUTE) == "failed"
    assert nothing_opened()
    assert genuine.here.asked == []


def test_a_partners_own_pages_cannot_sign_for_a_bureau(real: Tenant, at: datetime) -> None:
    signing.bureau(BureauScript.SIGN, at)
    offer = signing.offer_of(lives.merchant_with_trade("M-1", at - timedelta(hours=1)), at)
    with pytest.raises(SignsOnPages):
        sign_offer(
            offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={}, visit=None,
            actor=lives.ACTOR, at=at + LATER,
        )  # fmt: skip
    assert ContractSignature.objects.count() == 0


def test_the_janitor_finds_what_is_due(real: Tenant, other_tenant: Tenant, at: datetime) -> None:
    signing.bureau(BureauScript.SIGN, at)
    asked(at)
    row = ContractSignature.objects.get()
    with platform_scope():
        assert due_signatures(at) == []
        assert due_signatures(at + LATER) == [(real.id, row.id)]
    for unknown in (ids.new_id("csg"), "nonsense"):
        with pytest.raises(NotFound):
            pursue_signature(signature_id=unknown)
    with tenant_scope(other_tenant.id), pytest.raises(NotFound):
        pursue_signature(signature_id=row.id)


def test_connecting_a_bureau(real: Tenant, other_tenant: Tenant, at: datetime) -> None:
    signing.bureau(BureauScript.SIGN, at)
    first = SigningAuthority.objects.get()
    facts: dict[str, Any] = {
        "url": "https://sign.example/v1/", "key_id": "k", "secret": "s", "at": at,
        "root_pem": first.root_pem, "actor": "usr",
    }  # fmt: skip
    for change in ({"url": "http://sign.example"}, {"key_id": " "}, {"root_pem": "x"}):
        with pytest.raises(Invalid):
            connect_bureau(**{**facts, **change})
    with tenant_scope(other_tenant.id), pytest.raises(Invalid):
        connect_bureau(**facts)
    assert SigningAuthority.objects.get().id == first.id
    second = connect_bureau(**facts)
    assert second.url == "https://sign.example/v1"
    assert signer_of(second) == HttpSigner(url="https://sign.example/v1", key_id="k", secret="s")
    assert list(SigningAuthority.objects.filter(is_active=True)) == [second]


def test_a_bureau_is_connected_from_the_command_line(
    real: Tenant, tenant: Tenant, at: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root.pem"
    root.write_text(make_certificates(organization="示例电子签", at=at).root_pem)
    said = ["--url", "https://sign.example", "--key-id", "k", "--root", str(root)]
    with pytest.raises(CommandError):  # no secret
        call_command("connect_signing_bureau", "--tenant", real.slug, *said)
    monkeypatch.setenv("BAITIAO_BUREAU_SECRET", "s")
    for wrong in (["--tenant", "nobody"], ["--tenant", tenant.slug]):
        with pytest.raises(CommandError):
            call_command("connect_signing_bureau", *wrong, *said)
    with pytest.raises(CommandError):
        call_command("connect_signing_bureau", "--tenant", real.slug, *said[:-1], "nowhere.pem")
    assert SigningAuthority.objects.count() == 0
    call_command("connect_signing_bureau", "--tenant", real.slug, *said)
    assert signer_of(SigningAuthority.objects.get()) == HttpSigner(
        url="https://sign.example", key_id="k", secret="s"
    )
