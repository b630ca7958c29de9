"""Keeping what is seen of merchants as blind indexes: a phone, an account, a representative.

Nothing here can be read back; equal things of one platform have equal marks.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef

from platform_app.kernel import crypto
from platform_app.kernel.events import Consumer
from platform_app.kernel.models import Event
from risk.enums import TraitKind
from risk.models import MerchantTrait
from tenants.models import ConsentRecord, MerchantPerson
from tenants.operations.people import NAME, PHONE

PURPOSE: Final = "merchant.trait"
_LEGAL: Final = "legal_representative"
_SHOWN: Final = 12
BATCH: Final = 2_000


@transaction.atomic
def see_trait(
    *, merchant_id: str, kind: TraitKind, value: str, masked: str, at: datetime
) -> MerchantTrait | None:
    """Keep that `value` was seen of a merchant; only its blind index and its mask stay.

    The same thing again is not kept twice: the first sight counts. None for an empty value.
    """
    text = "".join(value.split())
    if not text:
        return None
    mark = crypto.blind_index(text, purpose=f"{PURPOSE}.{kind}")
    row, _ = MerchantTrait.objects.get_or_create(
        merchant_id=merchant_id, kind=kind, mark=mark,
        defaults={"masked": masked, "seen_at": at},
    )  # fmt: skip
    return row


@transaction.atomic
def gather_traits(*, merchant_ids: Sequence[str] | None, at: datetime) -> int:
    """Read them off the people and consents of these merchants (None: of all); how many are new.

    A phone carries the index it is stored with, so that it matches whatever role it is used in. For
    all of them only what has not been gathered is read; a second run finds nothing new.
    """
    found = [*_of_people(merchant_ids, at), *_of_consents(merchant_ids)]
    before = MerchantTrait.objects.count()
    for start in range(0, len(found), BATCH):
        MerchantTrait.objects.bulk_create(found[start : start + BATCH], ignore_conflicts=True)
    return int(MerchantTrait.objects.count() - before)


def _of_people(merchant_ids: Sequence[str] | None, at: datetime) -> list[MerchantTrait]:
    rows = MerchantPerson.objects.order_by("id")
    if merchant_ids is None:
        seen = MerchantTrait.objects.filter(
            merchant=OuterRef("merchant"), kind=TraitKind.PHONE, mark=OuterRef("phone_index")
        )
        rows = rows.filter(~Exists(seen))
    else:
        rows = rows.filter(merchant_id__in=merchant_ids)
    found = []
    for person in rows.iterator(chunk_size=BATCH):
        base = {"merchant_id": person.merchant_id, "seen_at": at}
        found.append(
            MerchantTrait(
                kind=TraitKind.PHONE, mark=person.phone_index, masked=person.phone_masked, **base
            )
        )
        if person.role == _LEGAL:
            name = crypto.unseal(bytes(person.name_sealed), purpose=NAME)
            phone = crypto.unseal(bytes(person.phone_sealed), purpose=PHONE)
            purpose = f"{PURPOSE}.{TraitKind.LEGAL_REPRESENTATIVE}"
            found.append(
                MerchantTrait(
                    kind=TraitKind.LEGAL_REPRESENTATIVE,
                    mark=crypto.blind_index(f"{name}:{phone}", purpose=purpose),
                    masked=person.name_masked, **base,
                )
            )  # fmt: skip
    return found


def _of_consents(merchant_ids: Sequence[str] | None) -> list[MerchantTrait]:
    """Network and browser of whoever agreed; only where both were written down."""
    rows = ConsentRecord.objects.filter(is_given=True, evidence__has_keys=["ip", "user_agent"])
    if merchant_ids is None:
        seen = MerchantTrait.objects.filter(merchant=OuterRef("merchant"), kind=TraitKind.DEVICE)
        rows = rows.filter(~Exists(seen))
    else:
        rows = rows.filter(merchant_id__in=merchant_ids)
    found: dict[tuple[str, str], MerchantTrait] = {}
    for row in rows.order_by("id").iterator(chunk_size=BATCH):
        ip, agent = str(row.evidence["ip"]).strip(), str(row.evidence["user_agent"]).strip()
        if not ip or not agent:
            continue
        mark = crypto.blind_index(f"{ip}|{agent}", purpose=f"{PURPOSE}.{TraitKind.DEVICE}")
        told = hashlib.sha256(mark.encode()).hexdigest()[:_SHOWN]
        found.setdefault(
            (row.merchant_id, mark),
            MerchantTrait(
                merchant_id=row.merchant_id, kind=TraitKind.DEVICE, mark=mark, masked=told,
                seen_at=row.at,
            ),
        )  # fmt: skip
    return list(found.values())


def _gather(event_id: str) -> None:
    event = Event.objects.filter(pk=event_id).values("merchant_id", "occurred_at").first()
    if event is not None and event["merchant_id"]:
        gather_traits(merchant_ids=[event["merchant_id"]], at=event["occurred_at"])


CONSUMER: Final = Consumer(
    name="risk.traits",
    prefixes=("tenants.merchant.person_set", "tenants.consent.given"),
    handle=_gather,
)
