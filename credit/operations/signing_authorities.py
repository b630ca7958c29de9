"""Who signs for a platform: our test certificates, or a bureau it has a contract with."""

from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from credit.enums import SigningChannel
from credit.gateways.certificates import der_of, make_certificates
from credit.gateways.http_signing import HttpSigner
from credit.gateways.signing import ContractSigner, OwnCertificateSigner
from credit.models import SigningAuthority
from credit.queries.signing import active_authority
from platform_app.kernel import audit, crypto
from platform_app.kernel.errors import Invalid
from tenants.queries.tenants import current_tenant

KEY: Final = "signing_authority.key"
SECRET: Final = "signing_authority.secret"  # noqa: S105 -- the purpose a sealed value is bound to


@transaction.atomic
def signing_authority(*, at: datetime) -> SigningAuthority:
    """The authority in use; test certificates are made for a platform that has none."""
    found = active_authority()
    if found is not None:
        return found
    made = make_certificates(organization=current_tenant().name, at=at)
    ours = SigningAuthority(
        channel=SigningChannel.TEST,
        root_pem=made.root_pem,
        certificate_pem=made.certificate_pem,
        key_sealed=crypto.seal(made.key_pem, purpose=KEY),
    )
    SigningAuthority.objects.bulk_create([ours], ignore_conflicts=True)
    return SigningAuthority.objects.get(is_active=True)


@transaction.atomic
def connect_bureau(
    *, url: str, key_id: str, secret: str, root_pem: str, actor: str, at: datetime
) -> SigningAuthority:
    """From now on the platform's agreements are signed by the bureau at `url`, under its root.

    What was signed before stays readable. Raises Invalid: a virtual platform never talks to anybody
    outside, an address is https, a root is a certificate.
    """
    if current_tenant().is_virtual:
        raise Invalid(field="tenant")
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in {"127.0.0.1", "localhost"}:
        raise Invalid(field="url")
    if not (key_id.strip() and secret.strip()):
        raise Invalid(field="key_id")
    try:
        der_of(root_pem)
    except ValueError:
        raise Invalid(field="root_pem") from None
    SigningAuthority.objects.filter(is_active=True).update(is_active=False)
    row: SigningAuthority = SigningAuthority.objects.create(
        channel=SigningChannel.BUREAU,
        root_pem=root_pem,
        url=url.rstrip("/"),
        key_id=key_id.strip(),
        secret_sealed=crypto.seal(secret.strip(), purpose=SECRET),
    )
    audit.record(
        actor=actor, action="signingauthority.connect", subject=row.id, at=at,
        after={"url": row.url, "key_id": row.key_id},
    )  # fmt: skip
    return row


def signer_of(authority: SigningAuthority) -> ContractSigner:
    """How this authority is asked for a signature."""
    if authority.channel == SigningChannel.TEST:
        return OwnCertificateSigner(
            certificate_pem=authority.certificate_pem,
            root_pem=authority.root_pem,
            key_pem=crypto.unseal(bytes(authority.key_sealed or b""), purpose=KEY),
        )
    return HttpSigner(
        url=authority.url,
        key_id=authority.key_id,
        secret=crypto.unseal(bytes(authority.secret_sealed or b""), purpose=SECRET),
    )
