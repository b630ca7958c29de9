"""Which bucket a legal entity has: by a keyed hash, the same for every tenant that lends to it."""

from platform_app.kernel import crypto

_PURPOSE = "entity.registration_no"


def entity_key(registration_no: str) -> str:
    """The key of a unified social credit code; empty where there is none to tell by."""
    code = "".join(registration_no.split()).upper()
    return crypto.platform_index(code, purpose=_PURPOSE) if code else ""
