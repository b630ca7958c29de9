"""Envelope encryption of personal data, look-up without decryption, masking.

A random data key per tenant, wrapped by the master key (`BAITIAO_MASTER_KEY`), encrypts values with
AES-256-GCM. The key id travels with the ciphertext, so keys can rotate. Look-up uses an HMAC under
a key derived from the same data key (a blind index), so equal values match only inside one tenant.
"""

import hashlib
import hmac
import os
import re
from functools import lru_cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from platform_app.kernel import ids, scope
from platform_app.kernel.models import DataKey
from platform_app.kernel.scope import Scope, current_tenant_id

_NONCE = 12


def create_data_key() -> DataKey:
    """Give the current tenant its data key: part of creating the tenant."""
    key = AESGCM.generate_key(256)
    return DataKey.objects.create(wrapped=_wrap(key, current_tenant_id()))


def seal(text: str, *, purpose: str) -> bytes:
    """Encrypt for the current tenant. `purpose` (e.g. `person.phone`) is bound to the value."""
    return seal_bytes(text.encode(), purpose=purpose)


def seal_bytes(content: bytes, *, purpose: str) -> bytes:
    """`seal` for a file."""
    key_id = _active_key_id(current_tenant_id())
    nonce = os.urandom(_NONCE)
    key = _data_key(key_id, scope.required())
    box = AESGCM(key).encrypt(nonce, content, purpose.encode())
    return ids.to_uuid("dek", key_id).bytes + nonce + box


def unseal(sealed: bytes, *, purpose: str) -> str:
    """Decrypt. Raises cryptography's InvalidTag when altered or sealed for another purpose."""
    return unseal_bytes(sealed, purpose=purpose).decode()


def unseal_bytes(sealed: bytes, *, purpose: str) -> bytes:
    """`unseal` for a file."""
    raw = bytes(sealed)
    key_id = ids.from_uuid("dek", UUID(bytes=raw[:16]))
    nonce, box = raw[16 : 16 + _NONCE], raw[16 + _NONCE :]
    key = _data_key(key_id, scope.required())
    return AESGCM(key).decrypt(nonce, box, purpose.encode())


def blind_index(text: str, *, purpose: str) -> str:
    """A keyed hash by which equal values of one tenant can be found again."""
    key = _data_key(_first_key_id(current_tenant_id()), scope.required())
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def platform_index(text: str, *, purpose: str) -> str:
    """A keyed hash under the platform's own key: equal values match across tenants.

    Nothing can be read from it, and only who has the master key can tell whether a value is it.
    """
    key = hmac.digest(settings.MASTER_KEY, b"platform.index", hashlib.sha256)
    return hmac.new(key, f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()


def seal_for_platform(text: str, *, purpose: str) -> bytes:
    """Encrypt what must be readable before a tenant is known (API secrets, TOTP seeds)."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(settings.MASTER_KEY).encrypt(nonce, text.encode(), purpose.encode())


def unseal_for_platform(sealed: bytes, *, purpose: str) -> str:
    """Decrypt what `seal_for_platform` made. Raises InvalidTag when altered."""
    raw = bytes(sealed)
    box = AESGCM(settings.MASTER_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], purpose.encode())
    return box.decode()


def mask_phone(text: str) -> str:
    """`13812345678` → `138****5678`; of a number too short to hide anything, nothing is shown."""
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "****"  # noqa: PLR2004


def cover_digits(text: str) -> str:
    """Runs of seven digits and more, as phone and identity numbers are, written as stars."""
    return _NUMBERS.sub(lambda found: "*" * len(found.group()), text)


def mask_name(text: str) -> str:
    """`张三丰` → `张*`; the compound surnames keep both characters."""
    if not text:
        return ""
    is_compound = len(text) > 2 and text[:2] in _COMPOUND_SURNAMES  # noqa: PLR2004
    return (text[:2] if is_compound else text[:1]) + "*"


def mask_tail(text: str, keep: int = 4) -> str:
    """All but the last `keep` characters."""
    hidden = max(0, len(text) - keep)
    return "*" * hidden + text[hidden:]


# Also with spaces or hyphens between, as people write their phone.
_NUMBERS = re.compile(r"\d(?:[ -]?\d){6,}[Xx]?")
_COMPOUND_SURNAMES = frozenset(
    [
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐",
        "夏侯", "司徒", "宇文", "长孙", "司空", "端木", "南宫", "独孤", "轩辕", "呼延",
        "钟离", "闻人", "赫连", "西门", "东郭", "淳于", "鲜于", "濮阳", "澹台", "申屠",
        "公羊", "太史", "万俟", "单于", "百里", "拓跋",
    ]
)  # fmt: skip


@lru_cache(maxsize=20_000)
def _first_key_id(tenant_id: str) -> str:
    return str(DataKey.objects.filter(tenant_id=tenant_id).order_by("id")[0].id)


@lru_cache(maxsize=20_000)
def _active_key_id(tenant_id: str) -> str:
    return str(DataKey.objects.filter(tenant_id=tenant_id).get(active=True).id)


@lru_cache(maxsize=20_000)
def _data_key(key_id: str, _reader: Scope) -> bytes:
    """Remembered per scope: a key one tenant has read is not read from memory by another."""
    row = DataKey.objects.get(pk=key_id)
    raw = bytes(row.wrapped)
    return AESGCM(settings.MASTER_KEY).decrypt(raw[:_NONCE], raw[_NONCE:], row.tenant_id.encode())


def _wrap(key: bytes, tenant_id: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(settings.MASTER_KEY).encrypt(nonce, key, tenant_id.encode())


def forget_keys() -> None:
    """Drop the in-process key cache (after rotation; between tests)."""
    for cache in (_first_key_id, _active_key_id, _data_key):
        cache.cache_clear()
