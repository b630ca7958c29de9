"""Having a digest signed: the protocol, and a signer with test certificates in this process.

A signer signs one key once, however often it is asked. No method raises: what cannot be understood
is *unknown*, and unknown is asked about.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol

from credit.enums import SigningOutcome
from credit.gateways.signed_pdf import cms_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOrder:
    """What is to be signed: the SHA-256 of a document, for whom; never the document."""

    key: str
    digest: bytes
    title: str
    signer_name: str
    registration_no: str


@dataclass(frozen=True, slots=True)
class SigningAnswer:
    """What a signer said; `cms` is the detached signature when it signed."""

    outcome: SigningOutcome
    cms: bytes = b""
    detail: str = ""


class ContractSigner(Protocol):
    """Who makes the signatures of one platform."""

    def sign(self, order: SigningOrder) -> SigningAnswer:
        """Ask for a signature. Never raises."""
        ...

    def ask(self, key: str) -> SigningAnswer:
        """Ask what became of a key. Never raises."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCertificateSigner:
    """Signs at once with a platform's test certificates."""

    certificate_pem: str
    root_pem: str
    key_pem: str

    def sign(self, order: SigningOrder) -> SigningAnswer:
        cms = cms_of(
            order.digest,
            certificate_pem=self.certificate_pem,
            root_pem=self.root_pem,
            key_pem=self.key_pem,
        )
        return SigningAnswer(SigningOutcome.SIGNED, cms)

    def ask(self, key: str) -> SigningAnswer:  # noqa: ARG002 -- it keeps nothing
        return SigningAnswer(SigningOutcome.NOT_FOUND)


class BureauScript(Enum):
    """How the bureau in this process behaves towards one order."""

    SIGN = "sign"
    DECLINE = "decline"
    SIGN_LATER = "sign_later"
    SIGN_AND_TIME_OUT = "sign_and_time_out"
    LOSE = "lose"
    SIGN_ANOTHER = "sign_another"


@dataclass(slots=True)
class InProcessBureau:
    """A bureau for rehearsals: does what `script` says, and remembers what it signed."""

    signer: ContractSigner
    script: BureauScript = BureauScript.SIGN
    asked: list[str] = field(default_factory=list)
    _known: dict[str, SigningAnswer] = field(default_factory=dict)

    def sign(self, order: SigningOrder) -> SigningAnswer:
        self.asked.append(order.key)
        if order.key in self._known:
            return self._known[order.key]
        if self.script is BureauScript.LOSE:
            self.script = BureauScript.SIGN
            return SigningAnswer(SigningOutcome.UNKNOWN, detail="time-out")
        if self.script is BureauScript.DECLINE:
            answer = SigningAnswer(SigningOutcome.FAILED, detail="identity_refused")
        elif self.script is BureauScript.SIGN_ANOTHER:
            answer = self.signer.sign(_OTHER)
        else:
            answer = self.signer.sign(order)
        self._known[order.key] = answer
        if self.script is BureauScript.SIGN_AND_TIME_OUT:
            return SigningAnswer(SigningOutcome.UNKNOWN, detail="time-out")
        if self.script is BureauScript.SIGN_LATER:
            return SigningAnswer(SigningOutcome.PENDING)
        return answer

    def ask(self, key: str) -> SigningAnswer:
        return self._known.get(key, SigningAnswer(SigningOutcome.NOT_FOUND))


_OTHER: Final = SigningOrder(
    key="another", digest=bytes(32), title="", signer_name="", registration_no=""
)
