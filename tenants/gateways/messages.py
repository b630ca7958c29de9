"""Codes and notices by text message leave through here, to a number in clear.

The one in this process sends nothing: where it is used, the code is known or the page shows it. The
other says it to the provider over signed HTTP, once per `key`.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from django.conf import settings

from platform_app.kernel.signed_http import SignedHttp
from tenants.errors import MessageNotTaken


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMessage:
    """Six digits for a mobile number. `key` makes a repeated sending harmless."""

    key: str
    phone: str
    code: str
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Words the provider knows as `template`, with the facts they name; nothing to answer."""

    key: str
    phone: str
    template: str
    locale: str
    facts: dict[str, str]


class MessageGateway(Protocol):
    """Takes a message over. Raises MessageNotTaken when it cannot."""

    def send(self, message: CodeMessage) -> None: ...

    def tell(self, notice: Notice) -> None: ...


class InProcessMessages:
    """Nothing leaves: the code is `VIRTUAL_CODE`, or the page shows it."""

    def send(self, message: CodeMessage) -> None: ...

    def tell(self, notice: Notice) -> None: ...


@dataclass(frozen=True, slots=True)
class HttpMessages:
    """`POST /messages` with phone, template, locale and code; 200, 201 or 202 is taken over."""

    http: SignedHttp

    def send(self, message: CodeMessage) -> None:
        body = {
            "phone": message.phone, "template": "phone_code", "locale": message.locale,
            "code": message.code,
        }  # fmt: skip
        self._post(message.key, body)

    def tell(self, notice: Notice) -> None:
        body = {
            "phone": notice.phone, "template": notice.template, "locale": notice.locale,
            "facts": notice.facts,
        }  # fmt: skip
        self._post(notice.key, body)

    def _post(self, key: str, body: dict[str, Any]) -> None:
        said = self.http.call("POST", "/messages", key=key, body=body)
        if said.status not in {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED}:
            raise MessageNotTaken


def gateway(*, is_simulated: bool) -> MessageGateway:
    """The gateway of a platform. Raises MessageNotTaken: a live one without a provider."""
    if is_simulated:
        return InProcessMessages()
    if not settings.MESSAGES_URL:
        raise MessageNotTaken
    return HttpMessages(
        SignedHttp(
            url=settings.MESSAGES_URL.rstrip("/"),
            key_id=settings.MESSAGES_KEY_ID,
            secret=settings.MESSAGES_SECRET,
        )
    )
