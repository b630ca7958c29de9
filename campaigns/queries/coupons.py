"""What became of the coupons of a batch."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from campaigns.errors import CouponBatchNotFound
from campaigns.models import Coupon, CouponBatch
from campaigns.values import TermChoice
from credit.models import ProductVersion

_STATES = ("granted", "reserved", "used", "expired", "canceled")


def list_batches() -> QuerySet[CouponBatch]:
    """Every batch with how many of its coupons are in which state, and what they bear so far.

    Amounts in fen.
    """
    counts = {f"{name}_now": Count("id", filter=Q(discount__status=name)) for name in _STATES}
    coupons = Coupon.objects.filter(batch=OuterRef("pk")).order_by().values("batch")
    told = {
        name: Coalesce(Subquery(coupons.annotate(n=count).values("n")), 0)
        for name, count in counts.items()
    }
    borne = coupons.annotate(n=Sum("discount__borne_minor")).values("n")
    return CouponBatch.objects.annotate(**told, borne_minor=Coalesce(Subquery(borne), 0)).order_by(
        "-id"
    )


def batch_of(batch_id: str) -> CouponBatch:
    """One batch, counted as in the list. Raises CouponBatchNotFound."""
    try:
        found = list_batches().filter(pk=batch_id).first()
    except ValueError:
        found = None
    if found is None:
        raise CouponBatchNotFound
    return found


def list_coupons(batch_id: str) -> QuerySet[Coupon]:
    """The coupons of one batch with merchant and discount, the newest first."""
    rows = Coupon.objects.filter(batch_id=batch_id).select_related("merchant", "discount")
    return rows.order_by("-id")


def term_choices() -> list[TermChoice]:
    """Every term that a published product offers, once."""
    found = {}
    for terms in ProductVersion.objects.filter(status="published").values_list("terms", flat=True):
        for option in terms["options"]:
            found[option["code"]] = TermChoice(
                code=option["code"], installment_count=option["installments"],
                every=option["every"], unit=option["unit"],
            )  # fmt: skip
    return list(found.values())
