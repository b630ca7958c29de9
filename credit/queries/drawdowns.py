"""Reading drawdowns, and the one way to lock them."""

from datetime import date

from django.db.models import (
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Sum,
)
from django.db.models.fields.json import KT
from django.db.models.functions import Cast

from credit.errors import DrawdownNotFound, LineNotFound
from credit.models import CreditLine, Drawdown, LoanEvent, MerchantCap
from tenants.models import MerchantUser


def locked_line(line_id: str) -> CreditLine:
    """The line with product, version and merchant, locked first of all rows (see kernel.locks).

    Raises LineNotFound.
    `has_cap` says whether its merchant has a cap across all lines, `has_users` whether it ever
    invited any.
    """
    caps = MerchantCap.objects.filter(merchant_id=OuterRef("merchant_id"))
    users = MerchantUser.objects.filter(merchant_id=OuterRef("merchant_id"))
    line: CreditLine | None = (
        CreditLine.objects.select_for_update(of=("self",))
        .select_related("product_version", "product", "merchant")
        .annotate(has_cap=Exists(caps), has_users=Exists(users))
        .filter(pk=line_id)
        .first()
    )
    if line is None:
        raise LineNotFound
    return line


def locked_drawdown(drawdown_id: str) -> tuple[Drawdown, CreditLine]:
    """A drawdown and its line, the line locked first. Raises DrawdownNotFound."""
    line_id = Drawdown.objects.filter(pk=drawdown_id).values_list("line_id", flat=True).first()
    if line_id is None:
        raise DrawdownNotFound
    line = CreditLine.objects.select_for_update().get(pk=line_id)
    drawdown = Drawdown.objects.select_for_update(of=("self",)).get(pk=drawdown_id)
    return drawdown, line


def kept_orders(merchant_id: str) -> QuerySet[Drawdown]:
    """Shipped orders of which some goods stayed, the first shipped first."""
    undone = (
        LoanEvent.objects.filter(drawdown=OuterRef("drawdown"), kind="reversal")
        .annotate(undone_seq=Cast(KT("details__reverses"), IntegerField()))
        .filter(undone_seq=OuterRef("seq"))
    )
    rows: QuerySet[Drawdown] = Drawdown.objects.filter(
        merchant_id=merchant_id, captured_minor__gt=0, value_on__isnull=False
    )
    gone = ~Exists(undone) & Q(kind__in=["refund", "payout_refund"])
    back = (
        LoanEvent.objects.filter(gone, drawdown=OuterRef("pk"))
        .order_by()
        .values("drawdown")
        .annotate(total=Sum("amount_minor"))
        .filter(total__gte=OuterRef("captured_minor"))
    )
    return rows.filter(~Exists(back)).order_by("value_on", "id")


def overdue(on: date) -> QuerySet[Drawdown]:
    """Drawdowns past due and past grace on a business date: overdue is computed, never stored."""
    last_day_of_grace = ExpressionWrapper(
        F("oldest_unpaid_on") + F("grace_days"), output_field=DateField()
    )
    return Drawdown.objects.annotate(graced_until=last_day_of_grace).filter(graced_until__lt=on)


def is_overdue(merchant_id: str, on: date) -> bool:
    """Whether any drawdown of the merchant is overdue on that business date."""
    return overdue(on).filter(merchant_id=merchant_id).exists()
