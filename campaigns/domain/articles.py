"""The knowledge base: what merchants ask most, answered; the desk answers from the same texts.

Titles and texts are msgids. `{lender}` and `{phone}` are the platform's. An article with verticals
is shown only to platforms of these trades, before the general ones.
"""

from dataclasses import dataclass
from typing import Final

from campaigns.enums import TicketKind
from platform_app.kernel.errors import gettext_noop


@dataclass(frozen=True, slots=True)
class Article:
    """`kind` is the kind of question it answers; `page` where a merchant can act, if anywhere."""

    code: str
    kind: str
    title: str
    text: str
    page: str = ""
    verticals: tuple[str, ...] = ()


ARTICLES: Final = (
    Article(
        "season_stock", TicketKind.APPLICATION,
        gettext_noop("Can I have more for the season?"),
        gettext_noop(
            "Yes. Ask for a higher limit before you buy fabric for the season; orders of earlier"
            " seasons count. A temporary limit ends by itself, what you drew stays by its own plan."
        ),
        page="limit-ask", verticals=("textile",),
    ),
    Article(
        "customer_pays_late", TicketKind.BILL,
        gettext_noop("My customer pays me late. What can I do?"),
        gettext_noop(
            "Choose 60 or 90 days when you pay for the fabric. If a payment still comes late, ask"
            " for more days on the page of what is past due before the days of grace are over."
        ),
        page="overdue-show", verticals=("textile",),
    ),
    Article(
        "small_orders", TicketKind.ORDER,
        gettext_noop("Can I pay small restocking orders with it?"),
        gettext_noop(
            "Yes, every order at the checkout, as often as you like. Goods sent back are taken off"
            " what you owe."
        ),
        verticals=("pet",),
    ),
    Article(
        "interest_free", TicketKind.BILL,
        gettext_noop("What are interest-free days?"),
        gettext_noop(
            "Where your platform grants them, nothing is charged for these days. The checkout"
            " shows the cost of every term in yuan before you confirm."
        ),
        verticals=("pet",),
    ),
    Article(
        "bureau", TicketKind.APPLICATION,
        gettext_noop("Does the estimate show in my credit report?"),
        gettext_noop(
            "No. The estimate uses only your orders here. The credit bureau is asked when you"
            " apply, and only with your written consent."
        ),
    ),
    Article(
        "how_long", TicketKind.APPLICATION,
        gettext_noop("How long does an application take?"),
        gettext_noop(
            "Mostly a few minutes. When a person has to look at it, the page of your application"
            " says by when you have an answer; you can also choose a time to be called."
        ),
        page="application-progress",
    ),
    Article(
        "declined", TicketKind.APPLICATION,
        gettext_noop("My application was not approved. What now?"),
        gettext_noop(
            "The page of your application says what stood in the way and when you can apply again."
            " You can ask for a person to look at it. Your purchases are not affected."
        ),
        page="application-progress",
    ),
    Article(
        "higher_limit", TicketKind.APPLICATION,
        gettext_noop("How do I get a higher limit?"),
        gettext_noop(
            "Ask for it on your line's page. More orders on the platform and punctual repayments"
            " count most."
        ),
        page="limit-ask",
    ),
    Article(
        "why_account", TicketKind.ACCOUNT,
        gettext_noop("Why do you need a bank account?"),
        gettext_noop(
            "Refunds go there, and repayments can be collected from there if you agree. It has to"
            " be in the name of your company or of its legal representative."
        ),
    ),
    Article(
        "cost", TicketKind.ORDER,
        gettext_noop("What does it cost?"),
        gettext_noop(
            "Simple interest for the days you use it, shown in yuan and as an annual rate before"
            " you confirm. The cost sheet you sign lists everything. The lender is {lender}."
        ),
    ),
    Article(
        "order_fails", TicketKind.ORDER,
        gettext_noop("Why can I not pay this order with it?"),
        gettext_noop(
            "The order may be larger than what is available, something may be past due, or your"
            " line may be paused. Your line's page says which."
        ),
        page="line-show",
    ),
    Article(
        "how_to_repay", TicketKind.BILL,
        gettext_noop("How do I repay?"),
        gettext_noop(
            "Open your bills, choose one, and see the amount before you confirm. You may pay a part"
            " of it or all of it."
        ),
        page="bill-list",
    ),
    Article(
        "early", TicketKind.BILL,
        gettext_noop("Can I repay early?"),
        gettext_noop(
            "Yes, at any time. Interest counts only to the day you pay; the bill shows what you"
            " save."
        ),
        page="bill-list",
    ),
    Article(
        "late", TicketKind.BILL,
        gettext_noop("What happens if I pay late?"),
        gettext_noop(
            "Within the days of grace nothing is added and it does not count as overdue. After them"
            " penalty interest counts from the due date. Tell us early: we look for a way with you."
        ),
        page="overdue-show",
    ),
    Article(
        "returned_goods", TicketKind.BILL,
        gettext_noop("I returned goods. When does my bill change?"),
        gettext_noop(
            "As soon as the platform confirms the return. It is taken off the next installments,"
            " and what you paid too much comes back to you."
        ),
        page="bill-list",
    ),
    Article(
        "holidays", TicketKind.BILL,
        gettext_noop("A due date falls on a holiday. When do I pay?"),
        gettext_noop(
            "By your plan it moves to a working day. The bill shows the day that counts; pay by"
            " 24:00 of that day."
        ),
        page="bill-list",
    ),
    Article(
        "scam", TicketKind.COMPLAINT,
        gettext_noop("Somebody asks for a code or a fee. Is that you?"),
        gettext_noop(
            "No. Nobody of ours, and no salesperson, asks for a code or takes money. Do not pay,"
            " and tell us here or by phone: {phone}."
        ),
    ),
    Article(
        "consents", TicketKind.ACCOUNT,
        gettext_noop("How do I take a consent back?"),
        gettext_noop("On the page of your consents, one by one. It says what follows from it."),
        page="consent-list",
    ),
)  # fmt: skip


def articles_for(vertical: str) -> tuple[Article, ...]:
    """The articles of a trade: its own first."""
    return tuple(one for one in ARTICLES if not one.verticals or vertical in one.verticals)
