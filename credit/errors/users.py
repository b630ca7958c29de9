"""What a user of a firm may not do with its line."""

from platform_app.kernel.errors import Forbidden, Refused, gettext_noop


class UserMayNotDraw(Forbidden):
    code = "user_may_not_draw"
    message = gettext_noop(
        "This user may look, not draw. Ask the owner of the firm for the role of a buyer."
    )


class UserDrawdownCap(Refused):
    code = "user_drawdown_cap"
    message = gettext_noop(
        "¥{needed} is more than the ¥{available} this user may draw at once. Ask the owner of the "
        "firm to raise it."
    )


class UserMonthCap(Refused):
    code = "user_month_cap"
    message = gettext_noop(
        "¥{needed} is more than the ¥{available} left of what this user may draw this month. Ask "
        "the owner of the firm to raise it."
    )
