"""Whether an agreement still is what was signed: every hash taken again, every link followed."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from credit.domain.terms import canonical_sha256
from credit.errors import LineNotFound
from credit.gateways import pdf, signed_pdf
from credit.models import Contract, ContractSignature
from credit.queries.agreements import latest_contract
from credit.queries.signing import signature_of_contract
from platform_app.kernel.models import AuditRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractProof:
    """What was found. `is_proven` is all of it; the parts say where it breaks."""

    contract: Contract
    signature: ContractSignature | None
    is_intact: bool
    is_trusted: bool
    is_text_same: bool
    is_sheet_same: bool
    is_evidence_same: bool
    is_chained: bool
    is_test: bool
    signer: str
    signed_at: datetime | None

    @property
    def is_proven(self) -> bool:
        return all(
            (
                self.is_intact, self.is_trusted, self.is_text_same, self.is_sheet_same,
                self.is_evidence_same, self.is_chained,
            )
        )  # fmt: skip


def verify_contract(*, line_id: str, content: bytes | None = None) -> ContractProof:
    """Look at a line's agreement as a court would; `content` is a copy somebody brings.

    Intact: the very bytes that were kept, and the signature covers all of them. Trusted: its
    certificate comes from the root of the authority that signed. One that was concluded without a
    signature is neither. Raises LineNotFound.
    """
    contract = latest_contract(line_id)
    if contract is None:
        raise LineNotFound
    row = signature_of_contract(contract.id)
    seen = signed_pdf.NOT_SIGNED
    is_same = False
    if row is not None and row.document is not None and row.ended_at is not None:
        held = bytes(row.document.content) if content is None else content
        is_same = pdf.sha256(held) == row.document.sha256
        seen = signed_pdf.inspect(held, root_pem=row.authority.root_pem, at=row.ended_at)
    return ContractProof(
        contract=contract,
        signature=row,
        is_intact=is_same and seen.is_intact,
        is_trusted=seen.is_trusted,
        is_text_same=hashlib.sha256(contract.text.encode()).hexdigest() == contract.text_sha256,
        is_sheet_same=_is_sheet_same(contract),
        is_evidence_same=row is not None
        and canonical_sha256(row.evidence) == row.evidence_sha256
        and row.evidence == contract.evidence,
        is_chained=row is not None and _is_chained(row),
        is_test=seen.is_test,
        signer=seen.signer,
        signed_at=seen.signed_at,
    )


def _is_sheet_same(contract: Contract) -> bool:
    sheet = contract.cost_sheet
    return {sheet.sha256, contract.cost_sheet_sha256} == {canonical_sha256(sheet.body)}


def _is_chained(row: ContractSignature) -> bool:
    """The audit record with all the hashes is there and says the same."""
    link = AuditRecord.objects.filter(hash=row.evidence_chain, subject=row.contract_id).first()
    if link is None:
        return False
    told: dict[str, str] = link.after
    return told == {
        "signature": row.id,
        "paper_sha256": row.paper_sha256,
        "signed_sha256": row.document.sha256 if row.document else "",
        "evidence_sha256": row.evidence_sha256,
    }
