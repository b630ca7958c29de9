"""Signing for tests: an offer that was read, signed by test certificates or by a bureau."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from credit.gateways.certificates import Certificates, make_certificates
from credit.gateways.signing import BureauScript, InProcessBureau, OwnCertificateSigner
from credit.models import CreditLine, Offer, SigningAuthority
from credit.operations.applications import decide_application, submit_application
from credit.operations.launch import ORDER_CREDIT
from credit.operations.offers import start_reading
from credit.operations.signing import sign_offer
from credit.operations.signing_authorities import connect_bureau
from tenants.models import EmbedSession, Merchant
from tests.credit import lives

EVIDENCE = {"ip": "192.0.2.1", "user_agent": "sample", "session": "ems_sample"}
READ = timedelta(seconds=10)


def offer_of(merchant: Merchant, at: datetime) -> Offer:
    """Apply, be approved, open the cost sheet at `at`."""
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT, external_id=None, actor=lives.ACTOR,
        at=at,
    )  # fmt: skip
    decide_application(
        application_id=application.id, actor=lives.ACTOR, at=at + timedelta(seconds=1)
    )
    offer: Offer = Offer.objects.select_related("cost_sheet").get(application=application)
    start_reading(offer_id=offer.id, at=at + timedelta(seconds=1))
    return offer


def signed(offer: Offer, at: datetime, visit: EmbedSession | None = None) -> CreditLine | None:
    """Sign what was read, at `at`."""
    facts: dict[str, Any] = {"offer_id": offer.id, "cost_sheet_sha256": offer.cost_sheet.sha256}
    return sign_offer(**facts, evidence=EVIDENCE, visit=visit, actor=lives.ACTOR, at=at)


def signed_line(merchant: Merchant, at: datetime) -> CreditLine:
    """The whole way with test certificates."""
    line = signed(offer_of(merchant, at), at + READ + READ)
    assert line is not None
    return line


@dataclass(slots=True)
class Bureau:
    """A bureau for rehearsals with a root of its own, and how it is found."""

    certificates: Certificates
    here: InProcessBureau

    def of(self, _authority: SigningAuthority) -> InProcessBureau:
        return self.here


def bureau(script: BureauScript, at: datetime) -> Bureau:
    """Connect the open scope's platform, which is not virtual, to a bureau that behaves so."""
    made = make_certificates(organization="示例电子签", at=at)
    signer = OwnCertificateSigner(
        certificate_pem=made.certificate_pem, root_pem=made.root_pem, key_pem=made.key_pem
    )
    connect_bureau(
        url="https://sign.example", key_id="key-1", secret="a-sample-secret",
        root_pem=made.root_pem, actor=lives.ACTOR, at=at,
    )  # fmt: skip
    return Bureau(made, InProcessBureau(signer, script))


Now = Callable[[], datetime]
