"""The ways money comes back besides a transfer: mandates, debits, deductions, guarantors."""

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from credit.enums import AgreementStatus, DebitStatus, FundingStatus, MandateStatus
from credit.models import (
    DebitMandate,
    DeductionAgreement,
    DirectDebit,
    Drawdown,
    FundingSource,
    GuarantorClaim,
    GuarantorRecovery,
    SaleDeduction,
    VirtualAccount,
)
from credit.queries.claims import REPAYABLE
from platform_app.kernel.errors import NotFound
from tenants.models import Merchant
from tenants.queries.merchants import list_merchants

ON_THEIR_WAY: Final = (DebitStatus.REQUESTED, DebitStatus.UNKNOWN)
LATEST: Final = 20


@dataclass(frozen=True, slots=True)
class Guarantor:
    """One guarantor by name: how often and how much it paid out, and what came back, in fen."""

    name: str
    claim_count: int
    paid_minor: int
    recovered_minor: int

    @property
    def open_minor(self) -> int:
        return self.paid_minor - self.recovered_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """Everything of one merchant; `mandate` and `agreement` are those in force, if any."""

    mandate: DebitMandate | None
    mandates: list[DebitMandate]
    debits: list[DirectDebit]
    agreement: DeductionAgreement | None
    agreements: list[DeductionAgreement]
    deductions: list[SaleDeduction]
    accounts: list[VirtualAccount]
    without_account: list[FundingSource]
    claims: list[GuarantorClaim]
    drawdowns: list[Drawdown]


def mandates(*, search: str = "", status: str = "") -> QuerySet[Any]:
    """Mandates with their merchant."""
    rows = DebitMandate.objects.select_related("merchant")
    return _narrowed(rows, "merchant", search, status)


def debits(*, search: str = "", status: str = "") -> QuerySet[Any]:
    """Debits with mandate, drawdown and merchant; `status` open is every one not ended."""
    rows = DirectDebit.objects.select_related("mandate", "drawdown__merchant")
    if status == "open":
        rows, status = rows.filter(status__in=ON_THEIR_WAY), ""
    return _narrowed(rows, "drawdown__merchant", search, status)


def debit(debit_id: str) -> DirectDebit:
    """One debit with mandate, drawdown and merchant. Raises NotFound."""
    found: DirectDebit = _one(debits(), debit_id, "direct debit")
    return found


def agreements(*, search: str = "", status: str = "") -> QuerySet[Any]:
    """Agreements with their merchant, the number of sales and `deducted_minor` of each."""
    rows = _with_deductions().select_related("merchant")
    return _narrowed(rows, "merchant", search, status)


def guarantor_claims(*, search: str = "", status: str = "", guarantor: str = "") -> QuerySet[Any]:
    """Claims with merchant and drawdown."""
    rows = GuarantorClaim.objects.select_related("merchant", "drawdown", "repayment")
    rows = rows.filter(guarantor=guarantor) if guarantor else rows
    return _narrowed(rows, "merchant", search, status)


def guarantor_claim(claim_id: str) -> GuarantorClaim:
    """One claim with merchant and drawdown. Raises NotFound."""
    found: GuarantorClaim = _one(guarantor_claims(), claim_id, "claim")
    return found


def recoveries(claim_id: str) -> list[GuarantorRecovery]:
    """What the merchant gave back on one claim, newest first."""
    return list(GuarantorRecovery.objects.filter(claim_id=claim_id).order_by("-id"))


def guarantors() -> list[Guarantor]:
    """Every guarantor that ever paid, the one with most outstanding first: one statement."""
    rows = GuarantorClaim.objects.values_list("guarantor").annotate(
        count=Count("id"), paid=Sum("amount_minor"), back=Sum("recovered_minor")
    )
    found = [Guarantor(name, count, int(paid), int(back)) for name, count, paid, back in rows]
    return sorted(found, key=lambda one: (-one.open_minor, one.name))


def accounts(*, search: str = "") -> QuerySet[Any]:
    """Account numbers with merchant and lender."""
    rows = VirtualAccount.objects.select_related("merchant", "funding_source")
    return _narrowed(rows, "merchant", search, "")


def channels_of(merchant: Merchant) -> Channels:
    """All of one merchant in eight statements, whatever there is of each."""
    signed = list(DebitMandate.objects.filter(merchant=merchant).order_by("-id"))
    agreed = list(_with_deductions().filter(merchant=merchant).order_by("-id"))
    taken = SaleDeduction.objects.filter(merchant=merchant).order_by("-id")
    numbers = VirtualAccount.objects.select_related("funding_source").filter(merchant=merchant)
    opened = list(numbers.order_by("id"))
    has = {one.funding_source_id for one in opened}
    lenders = FundingSource.objects.filter(status=FundingStatus.ACTIVE).order_by("id")
    owed = Drawdown.objects.filter(merchant=merchant, status__in=REPAYABLE)
    return Channels(
        mandate=next((one for one in signed if one.status == MandateStatus.ACTIVE), None),
        mandates=signed,
        debits=list(debits().filter(drawdown__merchant=merchant).order_by("-id")[:LATEST]),
        agreement=next((one for one in agreed if one.status == AgreementStatus.ACTIVE), None),
        agreements=agreed,
        deductions=list(taken[:LATEST]),
        accounts=opened,
        without_account=[one for one in lenders if one.id not in has],
        claims=list(guarantor_claims().filter(merchant=merchant).order_by("-id")),
        drawdowns=list(owed.order_by(F("oldest_unpaid_on").asc(nulls_last=True), "id")),
    )


def _with_deductions() -> QuerySet[DeductionAgreement]:
    taken = SaleDeduction.objects.filter(agreement_id=OuterRef("pk")).order_by()
    by_agreement = taken.values("agreement_id")
    total = by_agreement.annotate(total=Sum("deducted_minor")).values("total")
    count = by_agreement.annotate(count=Count("id")).values("count")
    rows: QuerySet[DeductionAgreement] = DeductionAgreement.objects.annotate(
        deducted_minor=Coalesce(Subquery(total), 0), sale_count=Coalesce(Subquery(count), 0)
    )
    return rows


def _narrowed(rows: QuerySet[Any], merchant: str, search: str, status: str) -> QuerySet[Any]:
    if search:
        rows = rows.filter(**{f"{merchant}__in": list_merchants(search=search)})
    return rows.filter(status=status) if status else rows


def _one(rows: QuerySet[Any], row_id: str, noun: str) -> Any:
    try:
        found = rows.filter(pk=row_id).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(noun=noun)
    return found
