"""Taking on a platform, and what it may change about itself."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from platform_app.kernel import audit, crypto, events
from platform_app.kernel.errors import Invalid
from platform_app.kernel.scope import current_tenant_id
from platform_app.kernel.tenancy import tenant_scope
from tenants.domain.origins import origin
from tenants.domain.verticals import vertical as preset
from tenants.domain.words import one_line
from tenants.enums import ApplicationNeed
from tenants.errors import SlugTaken
from tenants.models import Tenant
from tenants.queries.tenants import current_tenant

_SLUG: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?")
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
MOST_ORIGINS: Final = 20
LEGAL: Final = ApplicationNeed.LEGAL_REPRESENTATIVE.value


@transaction.atomic
def create_tenant(
    *,
    slug: str,
    name: str,
    vertical: str,
    actor: str,
    at: datetime,
    is_virtual: bool = False,
    lender_name: str = "",
    lender_phone: str = "",
) -> Tenant:
    """Take on a platform with its data key and its trade's preset. Needs no scope: it opens one.

    Raises Invalid (slug), UnknownVertical, SlugTaken.
    """
    if not _SLUG.fullmatch(slug):
        raise Invalid(field="slug")
    tenant = Tenant(
        slug=slug,
        name=one_line(name, field="name"),
        vertical=vertical,
        accent=preset(vertical).accent,
        is_virtual=is_virtual,
        lender_name=one_line(lender_name, field="lender_name", required=False),
        lender_phone=one_line(lender_phone, field="lender_phone", longest=40, required=False),
    )
    try:
        with transaction.atomic():
            tenant.save(force_insert=True)
    except IntegrityError:
        raise SlugTaken(field="slug", slug=slug) from None
    with tenant_scope(tenant.id):
        crypto.create_data_key()
        events.record(
            "tenants.tenant.created",
            subject=tenant.id,
            actor=actor,
            at=at,
            props={"slug": slug, "vertical": vertical},
        )
    return tenant


@transaction.atomic
def update_brand(
    *, name: str, accent: str, lender_name: str, lender_phone: str, actor: str, at: datetime
) -> Tenant:
    """Change how the current platform's pages look and whom they name as lender. Audited.

    Saying what is already there changes and records nothing. Raises Invalid.
    """
    if not _COLOR.fullmatch(accent):
        raise Invalid(field="accent")
    after = {
        "name": one_line(name, field="name"),
        "accent": accent.upper(),
        "lender_name": one_line(lender_name, field="lender_name", required=False),
        "lender_phone": one_line(lender_phone, field="lender_phone", longest=40, required=False),
    }
    return _change(after, action="tenants.tenant.update_brand", actor=actor, at=at)


@transaction.atomic
def set_embed_origins(*, origins: Sequence[str], actor: str, at: datetime) -> Tenant:
    """Say which sites may frame our merchant pages: https, or http on this machine. Audited.

    Raises BadOrigin; Invalid for more than twenty.
    """
    wanted = sorted({origin(text) for text in origins})
    if len(wanted) > MOST_ORIGINS:
        raise Invalid(field="embed_origins")
    after = {"embed_origins": wanted}
    return _change(after, action="tenants.tenant.set_embed_origins", actor=actor, at=at)


@transaction.atomic
def set_application_needs(*, needs: Sequence[str], actor: str, at: datetime) -> Tenant:
    """Say what an application asks for beside firm and consents, on every way in. Audited.

    A confirmed number needs somebody whose number it is, and so does a face before signing. Raises
    Invalid (a need we do not know).
    """
    wanted = set(needs)
    if wanted - set(ApplicationNeed.values):
        raise Invalid(field="application_needs")
    if wanted or current_tenant().face_check_from_minor is not None:
        wanted.add(LEGAL)
    after = {"application_needs": [str(need) for need in ApplicationNeed if need in wanted]}
    return _change(after, action="tenants.tenant.set_application_needs", actor=actor, at=at)


@transaction.atomic
def set_face_check(*, from_minor: int | None, actor: str, at: datetime) -> Tenant:
    """Ask for a face check before signing from this limit (fen) on; None for never. Audited.

    It is the legal representative's, so applications ask who that is from then on. Raises Invalid
    (negative).
    """
    if from_minor is not None and from_minor < 0:
        raise Invalid(field="face_check_from")
    after: dict[str, object] = {"face_check_from_minor": from_minor}
    needs = current_tenant().application_needs
    if from_minor is not None and LEGAL not in needs:
        after["application_needs"] = [LEGAL, *needs]
    return _change(after, action="tenants.tenant.set_face_check", actor=actor, at=at)


def _change(after: Mapping[str, object], *, action: str, actor: str, at: datetime) -> Tenant:
    tenant = Tenant.objects.select_for_update().get(pk=current_tenant_id())
    before = {column: getattr(tenant, column) for column in after}
    if before == after:
        return tenant
    for column, value in after.items():
        setattr(tenant, column, value)
    tenant.save(update_fields=list(after))
    audit.record(
        actor=actor, action=action, subject=tenant.id, at=at, before=before, after=dict(after)
    )
    return tenant
