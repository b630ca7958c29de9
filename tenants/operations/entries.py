"""Which merchants the platform's pages show no way in, told from above."""

from collections.abc import Mapping
from typing import Final

from django.db import connection, transaction

from platform_app.kernel import ids
from platform_app.kernel.scope import current_tenant_id
from tenants.enums import EntryHidden

_TELL: Final = """
    UPDATE tenants_merchant m SET entry_hidden_reason = said.reason
    FROM unnest(%s::uuid[], %s::text[]) AS said (id, reason)
    WHERE m.tenant_id = %s AND m.id = said.id AND m.entry_hidden_reason <> said.reason"""


@transaction.atomic
def tell_entries(*, hidden: Mapping[str, str]) -> int:
    """Keep, by merchant id, why the entry is hidden (`""`: it is not); how many changed.

    One statement. Who tells has decided and recorded it; a line or an application under way is
    shown all the same. Raises ValueError for a word or an id that is none.
    """
    if not hidden:
        return 0
    told = sorted((str(ids.to_uuid("mch", one)), reason) for one, reason in hidden.items())
    for _, reason in told:
        if reason:
            EntryHidden(reason)
    tenant = str(ids.to_uuid("tnt", current_tenant_id()))
    with connection.cursor() as cursor:
        cursor.execute(_TELL, [[one for one, _ in told], [why for _, why in told], tenant])
        return int(cursor.rowcount)
