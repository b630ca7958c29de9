"""A key gets a successor: both are in force for a while, so a partner changes over when it likes.

The successor takes label, scopes, addresses and length of life from the key it succeeds.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from platform_app.kernel import clock
from platform_app.kernel.errors import SecondPersonNeeded
from tenants.enums import KeyAlgorithm
from tenants.errors import KeyEnded, KeyKindWrong, KeyRotated, OverlapTooShort
from tenants.models import Credential
from tenants.operations.credentials import give_public_key, give_secret, locked, note, save_new
from tenants.queries.modes import rehearses

OVERLAP: Final = timedelta(days=7)


@transaction.atomic
def rotate_hmac_key(
    *, key_id: str, actor: str, at: datetime, overlap: timedelta = OVERLAP
) -> tuple[Credential, str]:
    """A successor with a new secret, returned here and never again.

    The former key ends after `overlap`, or at its own end if that is sooner; in live mode the
    overlap begins when a second person agrees to the successor. Audited. Raises NotFound, KeyEnded,
    KeyRotated, KeyKindWrong, and OverlapTooShort (in live mode, under seven days).
    """
    former = _former(key_id, at, overlap)
    if former.algorithm != KeyAlgorithm.HMAC:
        raise KeyKindWrong
    key = _successor(former, at)
    secret = give_secret(key)
    return _handed_over(former, key, actor=actor, at=at, overlap=overlap), secret


@transaction.atomic
def rotate_public_key(
    *, key_id: str, public_key_pem: str, actor: str, at: datetime, overlap: timedelta = OVERLAP
) -> Credential:
    """A successor of the same algorithm with the public half of the partner's new pair.

    Ends the former as `rotate_hmac_key` does. Raises what it does, and PrivateKeyPasted,
    BadPublicKey, BadSm2Key, AlgorithmNotOffered.
    """
    former = _former(key_id, at, overlap)
    if former.algorithm == KeyAlgorithm.HMAC:
        raise KeyKindWrong
    key = _successor(former, at)
    give_public_key(key, former.algorithm, public_key_pem)
    return _handed_over(former, key, actor=actor, at=at, overlap=overlap)


@transaction.atomic
def agree_to_key(*, key_id: str, actor: str, at: datetime) -> Credential:
    """A second person lets a live key into force; the key it succeeds ends after `OVERLAP`.

    Once: repeating it changes nothing. Audited. Raises NotFound, SecondPersonNeeded (whoever made
    it), KeyEnded (revoked, or over).
    """
    key = locked(key_id)
    if not key.awaits_second:
        return key
    if key.revoked_at is not None or (key.not_after is not None and at >= key.not_after):
        raise KeyEnded
    if actor == key.made_by:
        raise SecondPersonNeeded
    key.awaits_second, key.not_before = False, at
    key.save(update_fields=["awaits_second", "not_before"])
    note("agree", key, actor=actor, at=at)
    if key.former_id:
        _end(locked(key.former_id), key, actor=actor, at=at, until=at + OVERLAP)
    return key


def _former(key_id: str, at: datetime, overlap: timedelta) -> Credential:
    former = locked(key_id)
    ended = former.not_after is not None and at >= former.not_after
    if former.revoked_at is not None or ended:
        raise KeyEnded
    if Credential.objects.filter(former=former).exists():
        raise KeyRotated
    if overlap < timedelta(0) or (overlap < OVERLAP and not rehearses()):
        raise OverlapTooShort(field="overlap", days=OVERLAP.days)
    return former


def _successor(former: Credential, at: datetime) -> Credential:
    life = former.not_after - former.not_before if former.not_after else None
    return Credential(
        label=former.label,
        scopes=list(former.scopes),
        allowed_ips=list(former.allowed_ips),
        former=former,
        not_before=at,
        not_after=at + life if life else None,
    )


def _handed_over(
    former: Credential, key: Credential, *, actor: str, at: datetime, overlap: timedelta
) -> Credential:
    save_new(key, actor=actor, at=at)
    if not key.awaits_second:
        _end(former, key, actor=actor, at=at, until=at + overlap)
    return key


def _end(former: Credential, key: Credential, *, actor: str, at: datetime, until: datetime) -> None:
    if former.not_after is None or until < former.not_after:
        former.not_after = until
        former.save(update_fields=["not_after"])
    end = former.not_after.astimezone(clock.SHANGHAI).isoformat()
    note("rotate", former, actor=actor, at=at, successor=key.id, not_after=end)
