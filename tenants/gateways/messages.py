"""Codes by text message leave through here, to a number in clear.

The one in this process sends nothing: virtual platforms (sandbox, tests) and the demo confirm every
number with `VIRTUAL_CODE`. The other says it to the provider over signed HTTP, once per `key`.
"""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

from django.conf import settings

from platform_app.kernel.signed_http import SignedHttp
from tenants.errors import MessageNotTaken
from tenants.values import VIRTUAL_CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMessage:
    """Six digits for a mobile number. `key` makes a repeated sending harmless."""

    key: str
    phone: str
    code: str
    locale: str


class MessageGateway(Protocol):
    """Takes a message over. Raises MessageNotTaken when it cannot."""

    def send(self, message: CodeMessage) -> None: ...


class InProcessMessages:
    """Nothing leaves: the code of a virtual platform is known."""

    def send(self, message: CodeMessage) -> None:
        if message.code != VIRTUAL_CODE:
            raise MessageNotTaken


@dataclass(frozen=True, slots=True)
class HttpMessages:
    """`POST /messages` with phone, template, locale and code; 200, 201 or 202 is taken over."""

    http: SignedHttp

    def send(self, message: CodeMessage) -> None:
        body = {
            "phone": message.phone, "template": "phone_code", "locale": message.locale,
            "code": message.code,
        }  # fmt: skip
        said = self.http.call("POST", "/messages", key=message.key, body=body)
        if said.status not in {HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED}:
            raise MessageNotTaken


def gateway(*, is_virtual: bool) -> MessageGateway:
    """The gateway of a platform. Raises MessageNotTaken: a live one without a provider."""
    if is_virtual or settings.MESSAGES_SIMULATED:
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
