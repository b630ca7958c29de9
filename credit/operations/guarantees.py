"""A guarantor pays for a merchant (代偿) and may claim the money back from it.

The payment ends the merchant's debt to the funding source. The claim is the guarantor's own: it is
written down here, and stands in nobody's books of ours.
"""

from datetime import datetime

from django.db import transaction

from credit.enums import ClaimStatus, RepaymentChannel
from credit.errors import ClaimTooSmall, ExternalIdConflict
from credit.models import GuarantorClaim, GuarantorRecovery
from credit.operations.repayments import record_repayment
from platform_app.kernel import audit, events
from platform_app.kernel.errors import NotFound


@transaction.atomic
def record_guarantor_payout(
    *, drawdown_id: str, guarantor: str, amount_minor: int, external_id: str, actor: str,
    at: datetime,
) -> GuarantorClaim:  # fmt: skip
    """Book what a guarantor paid for a drawdown, as a repayment, and its claim on the merchant.

    The same external_id returns the first claim. Raises DrawdownNotFound, DrawdownPaidOff,
    DrawdownNotRepaying, ExternalIdConflict.
    """
    repayment = record_repayment(
        drawdown_id=drawdown_id, amount_minor=amount_minor, external_id=external_id,
        channel=RepaymentChannel.GUARANTOR, value_on=None, actor=actor, at=at,
    )  # fmt: skip
    before = GuarantorClaim.objects.filter(repayment=repayment).first()
    if before is not None:
        return before
    if repayment.channel != RepaymentChannel.GUARANTOR:
        raise ExternalIdConflict(field="external_id", fields="channel")
    claim = GuarantorClaim.objects.create(
        merchant_id=repayment.merchant_id, drawdown_id=drawdown_id, repayment=repayment,
        guarantor=guarantor, amount_minor=amount_minor, paid_on=repayment.value_on,
    )  # fmt: skip
    audit.record(
        actor=actor, action="guarantor.pay", subject=claim.id, at=at,
        after={"guarantor": guarantor, "amount_minor": amount_minor, "drawdown": drawdown_id},
    )  # fmt: skip
    events.record(
        "credit.guarantor.paid_out", subject=claim.id, merchant_id=claim.merchant_id, actor=actor,
        at=at, props={"amount_minor": amount_minor, "drawdown": drawdown_id},
    )  # fmt: skip
    return claim


@transaction.atomic
def record_recovery(
    *, claim_id: str, amount_minor: int, external_id: str, actor: str, at: datetime
) -> GuarantorClaim:
    """The merchant gave its guarantor this much back. The same external_id counts once.

    Raises NotFound, ClaimTooSmall, ExternalIdConflict.
    """
    claim = GuarantorClaim.objects.select_for_update(of=("self",)).filter(pk=claim_id).first()
    if claim is None:
        raise NotFound(noun="claim")
    before = GuarantorRecovery.objects.filter(external_id=external_id).first()
    if before is not None:
        if (before.claim_id, before.amount_minor) != (claim_id, amount_minor):
            raise ExternalIdConflict(field="external_id", fields="claim, amount")
        return claim
    left = claim.amount_minor - claim.recovered_minor
    if amount_minor > left:
        raise ClaimTooSmall(field="amount", open_minor=left, needed_minor=amount_minor)
    GuarantorRecovery.objects.create(
        claim=claim, external_id=external_id, amount_minor=amount_minor, at=at
    )
    claim.recovered_minor += amount_minor
    if claim.recovered_minor == claim.amount_minor:
        claim.status = ClaimStatus.RECOVERED
    claim.save(update_fields=["recovered_minor", "status"])
    audit.record(
        actor=actor, action="guarantor.recover", subject=claim.id, at=at,
        after={"amount_minor": amount_minor, "external_id": external_id},
    )  # fmt: skip
    events.record(
        "credit.guarantor.recovered", subject=claim.id, merchant_id=claim.merchant_id, actor=actor,
        at=at, props={"amount_minor": amount_minor, "left_minor": left - amount_minor},
    )  # fmt: skip
    return claim
