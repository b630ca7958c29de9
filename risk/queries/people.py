"""Members by name, wherever only their id is stored."""

from collections.abc import Iterable

from platform_app.kernel import ids
from tenants.models import Member


def names_of(actors: Iterable[str]) -> dict[str, str]:
    """The names of those actors that are members; the system has none."""
    members = []
    for actor in set(actors):
        try:
            ids.to_uuid("usr", actor)
        except ValueError:
            continue
        members.append(actor)
    return dict(Member.objects.filter(pk__in=members).values_list("id", "name"))
