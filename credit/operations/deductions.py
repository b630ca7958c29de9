"""Deduction at source: the platform keeps a share of each sale back and pays us with it.

The platform's money never moves: what it kept lowers what the funding source owes the platform, and
comes off its next settlement.
"""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from django.db import IntegrityError, transaction

from credit.enums import AccountCode, AgreementStatus, EntryKind, RepaymentChannel
from credit.errors import BadFraction, ExternalIdConflict, NoDeductionAgreed
from credit.models import DeductionAgreement, Drawdown, SaleDeduction
from credit.operations import ledger
from credit.operations.spreading import spread_payment
from credit.queries.business_day import open_day_for_booking
from credit.queries.claims import REPAYABLE, lock_lines
from platform_app.kernel import audit, events
from platform_app.kernel.money import round_minor
from tenants.queries.merchants import merchant as merchant_by_id


@transaction.atomic
def agree_deduction(
    *, merchant_id: str, fraction: Decimal, actor: str, at: datetime
) -> DeductionAgreement:
    """From now on this share (0.1 is 10 %) of each sale is kept back; it replaces the one before.

    The same share again changes nothing. Raises NotFound, BadFraction.
    """
    merchant = merchant_by_id(merchant_id)
    if not 0 < fraction <= 1:
        raise BadFraction(field="fraction")
    before = _active(merchant.id)
    if before is not None and before.fraction == fraction:
        return before
    if before is not None:
        _end(before, at)
    row = DeductionAgreement.objects.create(merchant=merchant, fraction=fraction, agreed_at=at)
    audit.record(
        actor=actor, action="deduction.agree", subject=row.id, at=at,
        after={"merchant": merchant.id, "fraction": str(fraction)},
    )  # fmt: skip
    return row


@transaction.atomic
def end_deduction(*, merchant_id: str, actor: str, at: datetime) -> DeductionAgreement:
    """Nothing more is kept back. Raises NoDeductionAgreed."""
    row = _active(merchant_id)
    if row is None:
        raise NoDeductionAgreed
    _end(row, at)
    audit.record(actor=actor, action="deduction.end", subject=row.id, at=at)
    return row


@transaction.atomic
def deduct_from_sale(
    *, merchant_id: str, sale_external_id: str, sale_minor: int, actor: str, at: datetime
) -> SaleDeduction:
    """Repay with the agreed share of a sale of `sale_minor` fen, rounded down, oldest due first.

    Never more than the merchant owes. The same sale again returns the first deduction. Raises
    NotFound, NoDeductionAgreed, ExternalIdConflict.
    """
    merchant = merchant_by_id(merchant_id)
    lock_lines(merchant.id)
    before = SaleDeduction.objects.filter(external_id=sale_external_id).first()
    if before is not None:
        return _same(before, merchant.id, sale_minor)
    agreement = _active(merchant.id)
    if agreement is None:
        raise NoDeductionAgreed
    row = SaleDeduction(
        merchant=merchant, agreement=agreement, external_id=sale_external_id,
        sale_minor=sale_minor, at=at,
    )  # fmt: skip
    most = round_minor(Fraction(sale_minor) * Fraction(agreement.fraction), "down")
    row.deducted_minor = _repay(row, most, actor)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise ExternalIdConflict(field="sale_external_id", fields="sale") from None
    events.record(
        "credit.sale.deducted", subject=row.id, merchant_id=merchant.id, actor=actor, at=at,
        props={"sale_minor": sale_minor, "deducted_minor": row.deducted_minor,
               "external_id": sale_external_id},
    )  # fmt: skip
    return row


def _repay(row: SaleDeduction, most_minor: int, actor: str) -> int:
    """Over the funding sources the merchant owes, in order of their ids."""
    sources = Drawdown.objects.filter(merchant_id=row.merchant_id, status__in=REPAYABLE)
    left = most_minor
    for source in (
        sources.order_by("funding_source_id").values_list("funding_source_id", flat=True).distinct()
    ):
        repayments = spread_payment(
            merchant_id=row.merchant_id, funding_source_id=source, amount_minor=left,
            key=row.id, channel=RepaymentChannel.DEDUCTION, actor=actor, at=row.at,
        )  # fmt: skip
        paid = sum(repayment.amount_minor for repayment in repayments)
        if paid:
            _book(row, source, paid)
        left -= paid
    return most_minor - left


def _book(row: SaleDeduction, funding_source_id: str, paid_minor: int) -> None:
    """The repayments debited the bank, but the money is what we owe the platform less."""
    day = open_day_for_booking()
    ledger.post(
        kind=EntryKind.DEDUCTION, key=f"{row.id}:{funding_source_id}",
        funding_source_id=funding_source_id,
        amounts={AccountCode.PARTNER_PAYABLE: paid_minor, AccountCode.FUNDING_BANK: -paid_minor},
        value_on=day, booked_on=day, at=row.at,
    )  # fmt: skip


def _same(before: SaleDeduction, merchant_id: str, sale_minor: int) -> SaleDeduction:
    if (before.merchant_id, before.sale_minor) != (merchant_id, sale_minor):
        raise ExternalIdConflict(field="sale_external_id", fields="merchant, sale_amount")
    return before


def _active(merchant_id: str) -> DeductionAgreement | None:
    return DeductionAgreement.objects.filter(
        merchant_id=merchant_id, status=AgreementStatus.ACTIVE
    ).first()


def _end(row: DeductionAgreement, at: datetime) -> None:
    row.status, row.ended_at = AgreementStatus.ENDED, at
    row.save(update_fields=["status", "ended_at"])
