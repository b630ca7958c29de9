"""PAdES: room for a signature in a PDF, the signature put in, and a signed PDF looked at.

pyHanko is imported when it is first needed: it takes a second. It works with coroutines, which run
to their end in a thread of their own, whatever loop the caller may live in.
"""

import asyncio
import io
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from credit.gateways.certificates import MARK, der_of, key_der_of

FIELD: Final = "Agreement"
HASH: Final = "sha256"
ROOM: Final = 16_384
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A PDF with an empty signature between two offsets; `digest` is of all the rest."""

    content: bytes
    digest: bytes
    room_from: int
    room_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What a signed PDF says of itself. `is_intact`: not one byte differs from what was signed."""

    is_signed: bool
    is_intact: bool
    is_trusted: bool
    signer: str = ""
    signed_at: datetime | None = None
    is_test: bool = False


NOT_SIGNED: Final = Inspection(is_signed=False, is_intact=False, is_trusted=False)


def prepare(pdf: bytes, *, reason: str, at: datetime) -> Prepared:
    """Add an empty signature that allows no later change, dated `at`."""
    from pyhanko.pdf_utils.incremental_writer import (  # noqa: PLC0415 -- slow import
        IncrementalPdfFileWriter,
    )
    from pyhanko.sign import fields  # noqa: PLC0415 -- slow import
    from pyhanko.sign.signers import cms_embedder  # noqa: PLC0415 -- slow import
    from pyhanko.sign.signers.pdf_byterange import SignatureObject  # noqa: PLC0415 -- slow import

    steps = cms_embedder.PdfCMSEmbedder().write_cms(
        field_name=FIELD, writer=IncrementalPdfFileWriter(io.BytesIO(pdf))
    )
    next(steps)
    empty = SignatureObject(
        timestamp=at, subfilter=fields.SigSeedSubFilter.PADES, bytes_reserved=ROOM, reason=reason
    )
    lock = cms_embedder.SigMDPSetup(
        md_algorithm=HASH, certify=True, docmdp_perms=fields.MDPPerm.NO_CHANGES
    )
    steps.send(cms_embedder.SigObjSetup(sig_placeholder=empty, mdp_setup=lock))
    found, output = steps.send(cms_embedder.SigIOSetup(md_algorithm=HASH))
    return Prepared(
        content=output.getvalue(),
        digest=found.document_digest,
        room_from=found.reserved_region_start,
        room_to=found.reserved_region_end,
    )


def fill(prepared: Prepared, cms: bytes) -> bytes:
    """Put the signature in. Raises ValueError when it does not fit."""
    from pyhanko.sign.signers.pdf_byterange import (  # noqa: PLC0415 -- slow import
        PreparedByteRangeDigest,
    )

    if 2 * len(cms) > prepared.room_to - prepared.room_from - 2:
        raise ValueError("the signature is larger than the room for it")
    output = io.BytesIO(prepared.content)
    PreparedByteRangeDigest(
        document_digest=prepared.digest,
        reserved_region_start=prepared.room_from,
        reserved_region_end=prepared.room_to,
    ).fill_with_cms(output, cms)
    return output.getvalue()


def cms_of(digest: bytes, *, certificate_pem: str, root_pem: str, key_pem: str) -> bytes:
    """A detached signature over a digest, with the chain it is made by."""
    from asn1crypto import keys, x509  # type: ignore[import-untyped]  # noqa: PLC0415
    from pyhanko.sign.signers import SimpleSigner  # noqa: PLC0415 -- slow import
    from pyhanko_certvalidator.registry import (  # noqa: PLC0415 -- slow import
        SimpleCertificateStore,
    )

    signer = SimpleSigner(
        signing_cert=x509.Certificate.load(der_of(certificate_pem)),
        signing_key=keys.PrivateKeyInfo.load(key_der_of(key_pem)),
        cert_registry=SimpleCertificateStore.from_certs(  # type: ignore[no-untyped-call]
            [x509.Certificate.load(der_of(root_pem))]
        ),
    )
    made = _run(signer.async_sign(digest, HASH, use_pades=True))
    return bytes(made.dump())


def inspect(content: bytes, *, root_pem: str, at: datetime) -> Inspection:
    """Whether the one signature of a PDF covers every byte, and its certificate's root is ours.

    Certificates are judged as of `at`. What cannot be read is not signed. Nothing is fetched.
    """
    from asn1crypto import x509  # noqa: PLC0415 -- with pyHanko
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415 -- slow import
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415 -- slow import
    from pyhanko.sign.general import SigningError  # noqa: PLC0415 -- slow import
    from pyhanko.sign.validation import async_validate_pdf_signature  # noqa: PLC0415 -- slow import
    from pyhanko.sign.validation.errors import SignatureValidationError  # noqa: PLC0415 -- slow
    from pyhanko.sign.validation.status import SignatureCoverageLevel  # noqa: PLC0415 -- slow
    from pyhanko_certvalidator import ValidationContext  # noqa: PLC0415 -- slow import

    try:
        (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
        context = ValidationContext(
            trust_roots=[x509.Certificate.load(der_of(root_pem))], allow_fetching=False, moment=at
        )
        status = _run(async_validate_pdf_signature(signature, context))
    except (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError,
            IndexError, AttributeError, OverflowError, RecursionError):  # fmt: skip
        return NOT_SIGNED
    signer = status.signing_cert.subject.native.get("common_name", "")
    is_whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return Inspection(
        is_signed=True,
        is_intact=bool(status.intact and status.valid and is_whole),
        is_trusted=bool(status.trusted),
        signer=signer,
        signed_at=status.signer_reported_dt,
        is_test=signer.startswith(MARK),
    )


def _run(work: Coroutine[Any, Any, T]) -> T:
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(asyncio.run, work).result()
