"""A merchant's visit: opened by the partner's back end, redeemed once, kept alive by use.

The secret travels in a URL fragment and the token in a header; only their SHA-256 is stored.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import transaction

from platform_app.kernel import events
from platform_app.kernel.errors import Invalid
from tenants.domain.origins import origin_of
from tenants.domain.words import one_line
from tenants.enums import EmbedComponent
from tenants.errors import OriginNotAllowed, SessionExpired, SessionUnknown, SessionUsed
from tenants.models import EmbedSession
from tenants.queries.merchants import merchant as find_merchant
from tenants.queries.sandboxes import with_mode
from tenants.queries.tenants import current_tenant
from tenants.values import LOCALES

REDEEM_WITHIN: Final = timedelta(minutes=10)
SLIDE: Final = timedelta(minutes=30)
SLIDE_STEP: Final = timedelta(minutes=5)
LONGEST: Final = timedelta(hours=4)


@transaction.atomic
def open_session(  # noqa: PLR0913 -- what a visit is bound to
    *,
    merchant_id: str,
    component: str,
    origin: str,
    return_url: str,
    locale: str,
    order_no: str,
    amount_minor: int,
    user_external_id: str = "",
    order: dict[str, Any] | None = None,
    redeem_within: timedelta = REDEEM_WITHIN,
    actor: str,
    at: datetime,
) -> tuple[EmbedSession, str]:
    """A visit of one firm to one component, and the secret that opens it within `redeem_within`.

    `origin` is the framing site, or empty for redirect mode; it and the origin of `return_url` must
    be among the platform's allowed origins. `amount_minor` in fen, 0 when there is no order.
    `user_external_id` says which person of the firm visits; empty for the firm itself. `order` is
    what the platform says of the order beside number and total, kept for the quotes of the visit.
    Raises NotFound (merchant), Invalid, OriginNotAllowed.
    """
    if component not in EmbedComponent.values:
        raise Invalid(field="component")
    if locale not in LOCALES:
        raise Invalid(field="locale")
    if amount_minor < 0:
        raise Invalid(field="amount")
    allowed = set(current_tenant().embed_origins)
    _allow(origin, allowed, field="origin", whole=True)
    _allow(return_url, allowed, field="return_url", whole=False)
    secret = f"ems_secret_{secrets.token_urlsafe(32)}"
    session = EmbedSession(
        merchant=find_merchant(merchant_id),
        component=component,
        origin=origin_of(origin) or "",
        return_url=one_line(return_url, field="return_url", longest=2000, required=False),
        locale=locale,
        user_external_id=one_line(user_external_id, field="user", longest=64, required=False),
        order_no=one_line(order_no, field="order_no", longest=64, required=False),
        amount_minor=amount_minor,
        order=order,
        secret_hash=_hash(secret),
        redeem_until=at + redeem_within,
        ends_at=at + redeem_within + LONGEST,
    )
    session.save(force_insert=True)
    events.record(
        "tenants.embed_session.opened",
        subject=session.id,
        merchant_id=session.merchant_id,
        actor=actor,
        at=at,
        props={"component": component},
    )
    return session, secret


@transaction.atomic
def redeem_session(*, secret: str, at: datetime) -> tuple[EmbedSession, str]:
    """Exchange the secret, once, for the header token of the visit. Needs no scope.

    Raises SessionUnknown, SessionUsed, SessionExpired.
    """
    token = f"ems_token_{secrets.token_urlsafe(32)}"
    mine = EmbedSession.doors.filter(secret_hash=_hash(secret))
    taken = mine.filter(redeemed_at=None, redeem_until__gt=at).update(
        redeemed_at=at, token_hash=_hash(token), token_until=at + SLIDE, ends_at=at + LONGEST
    )
    session: EmbedSession | None = mine.first()
    if session is None:
        raise SessionUnknown
    if not taken:
        raise SessionUsed if session.redeemed_at else SessionExpired
    return session, token


def session_for_token(*, token: str, at: datetime) -> EmbedSession:
    """The visit a header token stands for; using it keeps it alive for thirty minutes more.

    Needs no scope. Writes only when more than five minutes of the thirty are gone. Raises
    SessionUnknown, SessionExpired (thirty idle minutes, or four hours in all).
    """
    mine = EmbedSession.doors.filter(token_hash=_hash(token))
    session: EmbedSession | None = with_mode(mine).first()
    if session is None:
        raise SessionUnknown
    until = session.token_until
    if until is None or at >= until or at >= session.ends_at:
        raise SessionExpired
    longer = min(at + SLIDE, session.ends_at)
    if at > until - SLIDE + SLIDE_STEP and longer > until:
        EmbedSession.doors.filter(pk=session.pk, token_until=until).update(token_until=longer)
        session.token_until = longer
    return session


def _allow(address: str, allowed: set[str], *, field: str, whole: bool) -> None:
    if not address:
        return
    found = origin_of(address)
    is_bare = not urlsplit(address)._replace(scheme="", netloc="").geturl().strip("/")
    if found is None or found not in allowed or (whole and not is_bare):
        raise OriginNotAllowed(field=field)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
