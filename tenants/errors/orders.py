"""What is said of an order and does not add up: told, never refused."""

from platform_app.kernel.errors import Invalid, gettext_noop


class LinesDiffer(Invalid):
    code = "lines_diff"
    message = gettext_noop(
        "The lines come to ¥{lines}, the order to ¥{amount}. The order's total counts."
    )
