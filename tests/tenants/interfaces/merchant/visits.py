"""A merchant's phone: the token of one visit, in the header of every request."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from typing import Any

from django.test import Client

from platform_app.kernel.tenancy import tenant_scope
from tenants.models import Merchant
from tenants.operations.embed_sessions import open_session


@dataclass
class Visit:
    """Requests with a token (none when empty). The client refuses to keep cookies for us."""

    token: str = ""
    client: Client = field(default_factory=lambda: Client(enforce_csrf_checks=True))

    def get(self, path: str) -> Any:
        return self._quiet(self.client.get(path, headers=self._headers))

    def post(self, path: str, fields: dict[str, Any] | None = None) -> Any:
        return self._quiet(self.client.post(path, fields or {}, headers=self._headers))

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _quiet(self, response: Any) -> Any:
        """What holds for every answer under /m/."""
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert not response.cookies
        return response


def visit_of(
    merchant: Merchant,
    at: datetime,
    *,
    component: str = "apply",
    order_no: str = "",
    amount_minor: int = 0,
    locale: str = "zh-hans",
    user: str = "",
    return_url: str = "",
) -> Visit:
    """Open a session for the merchant and exchange its secret, as the shell does."""
    with tenant_scope(merchant.tenant_id):
        _, secret = open_session(
            merchant_id=merchant.id,
            component=component,
            origin="",
            return_url=return_url,
            locale=locale,
            order_no=order_no,
            amount_minor=amount_minor,
            user_external_id=user,
            actor="system:test",
            at=at,
        )
    visit = Visit()
    answer = visit.client.post("/m/exchange", {"secret": secret}, content_type="application/json")
    assert answer.status_code == 200
    return Visit(token=answer.json()["token"])


def words(response: Any) -> str:
    """The page as it is read: no tags, single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def gone_to(response: Any) -> str:
    """Where the answer sends the visit."""
    assert response.status_code == 204
    return str(response.headers["BT-Go"])
