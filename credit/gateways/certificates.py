"""Test certificates: a root and a signer of one platform. Every one of them says TEST."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

MARK: Final = "TEST"
ROOT: Final = f"{MARK} Baitiao root (no legal force)"
SIGNER: Final = f"{MARK} Baitiao signing (no legal force)"
YEARS: Final = timedelta(days=20 * 365)
EARLIER: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """A chain of two, and the signer's key, as PEM. The root's key is not among them."""

    root_pem: str
    certificate_pem: str
    key_pem: str


def make_certificates(*, organization: str, at: datetime) -> Certificates:
    """A root of its own for one platform, and a signer under it. The root's key is forgotten."""
    root_key, key = _key(), _key()
    root = _certificate(ROOT, ROOT, organization, root_key, root_key, at, is_root=True)
    signer = _certificate(SIGNER, ROOT, organization, key, root_key, at, is_root=False)
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return Certificates(root_pem=_pem(root), certificate_pem=_pem(signer), key_pem=key_pem.decode())


def der_of(pem: str) -> bytes:
    """A certificate for libraries that read DER. Raises ValueError."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def key_der_of(pem: str) -> bytes:
    """A private key for libraries that read DER."""
    key = load_pem_private_key(pem.encode(), password=None)
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _certificate(
    name: str,
    issuer: str,
    organization: str,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    at: datetime,
    *,
    is_root: bool,
) -> x509.Certificate:
    use = x509.KeyUsage(
        digital_signature=not is_root, content_commitment=not is_root, key_encipherment=False,
        data_encipherment=False, key_agreement=False, key_cert_sign=is_root, crl_sign=is_root,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name, organization))
        .issuer_name(_name(issuer, organization))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - EARLIER)
        .not_valid_after(at + YEARS)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(use, critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def _name(common: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
