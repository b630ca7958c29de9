"""Face checks are made by a service on pages of its own; we ask it for the outcome.

The one in this process shows no page: it sends the visit straight back, and the end of a test
merchant's name says how it went.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings

from platform_app.kernel.signed_http import SignedHttp
from tenants.enums import FaceCheckStatus, MagicWord
from tenants.errors import FaceCheckDown

_ENDINGS = {
    MagicWord.FACE_FAIL: FaceCheckStatus.FAILED,
    MagicWord.FACE_UNKNOWN: FaceCheckStatus.UNKNOWN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceOrder:
    """Whose face, and where the browser goes afterwards. `key` makes a repeated start harmless.

    To `callback_url` the service may post the result (`docs/runbooks/face-checks.md`).
    """

    key: str
    name: str
    identity_no: str
    return_url: str
    callback_url: str
    locale: str


@dataclass(frozen=True, slots=True)
class Started:
    """The page to send the browser to, and what the service calls the check."""

    url: str
    reference: str


@dataclass(frozen=True, slots=True)
class FaceOutcome:
    """`status` is passed, failed, expired or unknown (nothing yet); passed has its evidence."""

    status: str
    evidence_id: str = ""


class FaceGateway(Protocol):
    """Starts checks and knows their outcome. `start` raises FaceCheckDown; `ask` never raises."""

    def start(self, order: FaceOrder) -> Started: ...

    def ask(self, reference: str) -> FaceOutcome: ...


@dataclass(frozen=True, slots=True)
class InProcessFaces:
    """Passes, unless the merchant's name asks for something else."""

    word: MagicWord | None

    def start(self, order: FaceOrder) -> Started:
        return Started(order.return_url, f"simulated-{order.key}")

    def ask(self, reference: str) -> FaceOutcome:
        status = _ENDINGS.get(self.word, FaceCheckStatus.PASSED) if self.word else "passed"
        return FaceOutcome(str(status), reference if status == FaceCheckStatus.PASSED else "")


@dataclass(frozen=True, slots=True)
class HttpFaces:
    """`POST /face_checks` → `{url, reference}`; `GET /face_checks/{reference}` → `{status, …}`."""

    http: SignedHttp

    def start(self, order: FaceOrder) -> Started:
        body = {
            "name": order.name, "identity_no": order.identity_no, "return_url": order.return_url,
            "callback_url": order.callback_url, "locale": order.locale,
        }  # fmt: skip
        said = self.http.call("POST", "/face_checks", key=order.key, body=body)
        answer = said.body or {}
        url, reference = _text(answer, "url"), _text(answer, "reference")
        is_good = said.status in {HTTPStatus.OK, HTTPStatus.CREATED}
        if not (is_good and url.startswith("https://") and reference):
            raise FaceCheckDown
        return Started(url, reference)

    def ask(self, reference: str) -> FaceOutcome:
        said = self.http.call("GET", f"/face_checks/{reference}", key=reference, body=None)
        answer = (said.body or {}) if said.status == HTTPStatus.OK else {}
        status, evidence = _text(answer, "status"), _text(answer, "evidence_id")
        is_not_passed = status in {FaceCheckStatus.FAILED, FaceCheckStatus.EXPIRED}
        if is_not_passed or (status == FaceCheckStatus.PASSED and evidence):
            return FaceOutcome(status, evidence)
        return FaceOutcome(str(FaceCheckStatus.UNKNOWN))


def _text(answer: dict[str, Any], name: str) -> str:
    """A text of the answer; null, and whatever else is no text, is none."""
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def gateway(*, is_simulated: bool, word: MagicWord | None) -> FaceGateway:
    """The gateway of a platform. Raises FaceCheckDown: a live one without a service."""
    if is_simulated:
        return InProcessFaces(word)
    if not settings.FACES_URL:
        raise FaceCheckDown
    return HttpFaces(
        SignedHttp(
            url=settings.FACES_URL.rstrip("/"),
            key_id=settings.FACES_KEY_ID,
            secret=settings.FACES_SECRET,
        )
    )
