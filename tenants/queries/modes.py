"""Whether a platform rehearses or does business: the doors ask here."""

from platform_app.kernel.scope import in_test_mode
from tenants.queries.tenants import current_tenant


def rehearses() -> bool:
    """Whether the platform of the open scope is a sandbox, or moved by a replay."""
    return in_test_mode() or current_tenant().is_virtual
