"""Which bucket a legal entity has: by a keyed hash, the same for every tenant that lends to it."""

from platform_app.kernel import crypto
from platform_app.kernel.scope import current_tenant_id, in_test_mode

_PURPOSE = "entity.registration_no"


def entity_key(registration_no: str) -> str:
    """The key of a unified social credit code; empty where there is none to tell by.

    In a sandbox it is the sandbox's own: what is rehearsed there takes no room of a real firm.
    """
    code = "".join(registration_no.split()).upper()
    if not code:
        return ""
    own = f"{current_tenant_id()}:" if in_test_mode() else ""
    return crypto.platform_index(own + code, purpose=_PURPOSE)
