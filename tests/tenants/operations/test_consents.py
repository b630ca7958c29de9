"""Consent: to exact words, each on its own, with evidence; withdrawing is a record too."""

import hashlib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from platform_app.kernel.errors import Invalid, NotFound
from platform_app.kernel.models import Event
from platform_app.kernel.scope import NoScope
from platform_app.kernel.tenancy import tenant_scope
from tenants.enums import ConsentCode
from tenants.errors import ConsentNotGiven
from tenants.models import ConsentRecord, Merchant, Tenant
from tenants.operations.consents import give_consents, withdraw_consent
from tenants.operations.merchants import upsert_merchant
from tenants.operations.tenants import update_brand
from tenants.queries.consents import (
    consent_text,
    current_consents,
    list_consent_records,
    missing_consents,
)

pytestmark = pytest.mark.django_db
ALL = [code.value for code in ConsentCode]
EVIDENCE: dict[str, str | int] = {"ip": "192.0.2.1", "user_agent": "T" * 900, "scroll_ms": 4200}


def shop(at: datetime) -> Merchant:
    return upsert_merchant(external_id="M1", name="示例店", actor="api", at=at)[0]


def give(row: Merchant, at: datetime, *codes: str, **facts: Any) -> list[ConsentRecord]:
    words = {"locale": "zh-hans", "evidence": EVIDENCE, "actor": row.id, **facts}
    return give_consents(merchant_id=row.id, codes=codes, at=at, **words)


@pytest.mark.parametrize("locale", ["zh-hans", "en"])
@pytest.mark.parametrize("code", ALL)
def test_a_text_names_the_parties_and_hashes_what_is_shown(
    code: str, locale: str, inside: Tenant
) -> None:
    text = consent_text(code, locale)
    assert (text.code, text.locale, text.version) == (code, locale, "2026-11")
    assert text.sha256 == hashlib.sha256(f"{text.title}\n{text.text}".encode()).hexdigest()
    assert "{" not in text.text
    assert inside.lender_name in text.text or code in {"sensitive_data", "face_recognition"}


@pytest.mark.usefixtures("inside")
def test_each_consent_is_a_record_of_its_own(at: datetime) -> None:
    row = shop(at)
    assert missing_consents(row.id, ALL) == ALL
    records = give(row, at, *ALL)
    assert [record.code for record in records] == ALL
    assert records[0].text_sha256 == consent_text(ALL[0], "zh-hans").sha256
    assert records[0].evidence == {**EVIDENCE, "user_agent": "T" * 500}
    assert (records[0].actor, records[0].at, records[0].is_given) == (row.id, at, True)
    assert missing_consents(row.id, ALL) == []
    assert current_consents(row.id) == {record.code: record for record in records}
    events = Event.objects.filter(name="tenants.consent.given", merchant_id=row.id)
    assert [event.props["code"] for event in events.order_by("id")] == ALL


@pytest.mark.usefixtures("inside")
def test_the_same_words_again_record_nothing(at: datetime) -> None:
    row = shop(at)
    first = give(row, at, "bureau_query", "bureau_query")
    assert give(row, at + timedelta(hours=1), "bureau_query") == first
    assert ConsentRecord.objects.count() == 1
    english = give(row, at + timedelta(hours=2), "bureau_query", locale="en")
    assert (english[0].locale, ConsentRecord.objects.count()) == ("en", 2)


def test_a_new_receiver_needs_a_new_consent(inside: Tenant, at: datetime) -> None:
    row = shop(at)
    give(row, at, *ALL)
    update_brand(
        name=inside.name, accent=inside.accent, lender_name="另一家示例小贷", lender_phone="400",
        actor="usr", at=at,
    )  # fmt: skip
    assert missing_consents(row.id, ALL) == [
        "service_and_privacy", "sharing_with_funder", "bureau_query", "face_recognition",
    ]  # fmt: skip
    give(row, at + timedelta(days=1), "sharing_with_funder")
    assert missing_consents(row.id, ["sharing_with_funder"]) == []


@pytest.mark.usefixtures("inside")
def test_withdrawing_ends_a_consent_once(at: datetime) -> None:
    row = shop(at)
    given = give(row, at, "bureau_query")[0]
    words: dict[str, Any] = {
        "merchant_id": row.id, "code": "bureau_query", "evidence": {}, "actor": row.id,
    }  # fmt: skip
    ended = withdraw_consent(**words, at=at)
    assert (ended.is_given, ended.text_sha256, ended.version) == (
        False, given.text_sha256, given.version,
    )  # fmt: skip
    assert missing_consents(row.id, ["bureau_query"]) == ["bureau_query"]
    with pytest.raises(ConsentNotGiven):
        withdraw_consent(**words, at=at)
    assert list(list_consent_records(row.id)) == [ended, given]
    assert Event.objects.filter(name="tenants.consent.withdrawn").count() == 1
    give(row, at + timedelta(seconds=1), "bureau_query")
    assert missing_consents(row.id, ["bureau_query"]) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"codes": ["bureau_query", "marketing"]},
        {"codes": []},
        {"locale": "fr"},
        {"evidence": {"id_number": "x"}},
    ],
)
@pytest.mark.usefixtures("inside")
def test_a_refused_consent_leaves_nothing(facts: dict[str, Any], at: datetime) -> None:
    row = shop(at)
    words = {"codes": ["bureau_query"], "locale": "en", "evidence": {}, "actor": "x", **facts}
    with pytest.raises(Invalid):
        give_consents(merchant_id=row.id, at=at, **words)
    assert ConsentRecord.objects.count() == 0
    assert not Event.objects.filter(name="tenants.consent.given").exists()


def test_consents_are_their_owners_alone(
    tenant: Tenant, other_tenant: Tenant, at: datetime
) -> None:
    with tenant_scope(tenant.id):
        row = shop(at)
        give(row, at, "bureau_query")
        with pytest.raises(DatabaseError), transaction.atomic():
            ConsentRecord.objects.update(is_given=False)
    with tenant_scope(other_tenant.id):
        assert current_consents(row.id) == {}
        with pytest.raises(NotFound):
            give(row, at, "bureau_query")
    with pytest.raises(NoScope):
        current_consents(row.id)
