"""The most a user of a firm may draw, at once and in a month."""

from datetime import date

from credit.errors import UserDrawdownCap, UserMayNotDraw, UserMonthCap
from credit.queries.user_caps import drawn_by
from tenants.enums import MerchantUserRole
from tenants.operations.merchant_users import locked_user_named


def check_user(*, merchant_id: str, placed_by: str, amount_minor: int, on: date) -> None:
    """Hold the user, who stays held to the end of the transaction, and see that it fits.

    `placed_by` is what the platform calls the person, `amount_minor` in fen, `on` the business day
    of the drawdown. The line is locked already. Raises tenants' UserUnknown, UserMayNotDraw,
    UserDrawdownCap, UserMonthCap.
    """
    user = locked_user_named(merchant_id=merchant_id, external_id=placed_by)
    if user is None or user.role == MerchantUserRole.OWNER:
        return
    if user.role != MerchantUserRole.BUYER:
        raise UserMayNotDraw(field="placed_by")
    once, month = user.drawdown_cap_minor, user.month_cap_minor
    if once is not None and amount_minor > once:
        raise UserDrawdownCap(field="amount", available_minor=once, needed_minor=amount_minor)
    if month is None:
        return
    drawn = drawn_by(user, on)
    if drawn + amount_minor > month:
        raise UserMonthCap(
            field="amount", available_minor=max(0, month - drawn), needed_minor=amount_minor
        )
