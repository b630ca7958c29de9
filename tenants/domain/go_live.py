"""What an integration has to have shown before it goes live: thirteen checks by machine.

Each is a pure function of facts that were seen. The words are msgids; docs/partners/going-live.md
says the same, and a test compares.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from platform_app.kernel.errors import gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class GoLiveFacts:
    """What was seen of a platform's integration; requests in the thirty days of the log."""

    signed: bool
    signature_fixed: bool
    rsa_key: bool
    orders: bool
    origins: bool
    entry_asked: bool
    captured: bool
    repaid: bool
    canceled: bool
    refunded: bool
    replayed: bool
    delivered_today: bool
    redelivered: bool
    file_fetched: bool
    bureau_connected: bool


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the list: what, how to do it, where it is told at length, and whether it is."""

    code: str
    title: str
    how: str
    guide: str
    passes: Callable[[GoLiveFacts], bool]

    @property
    def guide_slug(self) -> str:
        """The guide's page on the console."""
        return self.guide.removesuffix(".md")


CHECKS: Final = (
    Check(
        "signed_request",
        gettext_noop("A signed request was answered"),
        gettext_noop("Call GET /api/v1/hello with your key; it says what we understood."),
        "quick-start.md",
        lambda facts: facts.signed,
    ),
    Check(
        "signature_error_fixed",
        gettext_noop("A wrong signature was refused, then put right"),
        gettext_noop(
            "Sign with one letter of the secret changed: your code has to handle 401"
            " signature_invalid. Then send the right one."
        ),
        "signature-trouble.md",
        lambda facts: facts.signature_fixed,
    ),
    Check(
        "rsa_key",
        gettext_noop("An RSA key is in force"),
        gettext_noop("Make a key pair, keep the private half, give us the public one."),
        "quick-start.md",
        lambda facts: facts.rsa_key,
    ),
    Check(
        "orders_pushed",
        gettext_noop("Orders were pushed"),
        gettext_noop("Send some months of orders by POST /api/v1/orders:batch or as a file."),
        "quick-start.md",
        lambda facts: facts.orders,
    ),
    Check(
        "origins_set",
        gettext_noop("The sites that show our pages are named"),
        gettext_noop("Tell us the origins, such as https://shop.example; others cannot frame us."),
        "quick-start.md",
        lambda facts: facts.origins,
    ),
    Check(
        "entry_asked",
        gettext_noop("The entry was asked for"),
        gettext_noop("Ask GET /api/v1/entry for a merchant, and show nothing when it says so."),
        "going-live.md",
        lambda facts: facts.entry_asked,
    ),
    Check(
        "drawdown_repaid",
        gettext_noop("A drawdown was captured and repaid"),
        gettext_noop("Quote, draw, capture on shipping, repay: the quick start has each call."),
        "quick-start.md",
        lambda facts: facts.captured and facts.repaid,
    ),
    Check(
        "drawdown_undone",
        gettext_noop("A drawdown was canceled, another refunded"),
        gettext_noop("Cancel one that was not shipped; refund part of one that was."),
        "drawdown-life.md",
        lambda facts: facts.canceled and facts.refunded,
    ),
    Check(
        "request_repeated",
        gettext_noop("A request was repeated under its key"),
        gettext_noop(
            "Send a POST twice with the same Idempotency-Key: the second answer carries"
            " Idempotent-Replayed, and nothing happened twice."
        ),
        "quick-start.md",
        lambda facts: facts.replayed,
    ),
    Check(
        "webhook_delivered",
        gettext_noop("An endpoint took a webhook in the last 24 hours"),
        gettext_noop("Add an endpoint, verify the signature, send it a test event."),
        "webhooks.md",
        lambda facts: facts.delivered_today,
    ),
    Check(
        "webhook_redelivered",
        gettext_noop("A webhook was taken on a later attempt"),
        gettext_noop("Answer 503 once: we come again. Or send a delivery again by hand."),
        "webhooks.md",
        lambda facts: facts.redelivered,
    ),
    Check(
        "file_fetched",
        gettext_noop("A reconciliation file was fetched"),
        gettext_noop("Fetch yesterday's file after 10:00, and compare its sums with your own."),
        "going-live.md",
        lambda facts: facts.file_fetched,
    ),
    Check(
        "bureau_connected",
        gettext_noop("Agreements are signed by a bureau"),
        gettext_noop(
            "Until we connect your e-sign bureau, agreements carry test certificates and bind"
            " nobody. Send us its address and its root certificate; we connect it with you."
        ),
        "going-live.md",
        lambda facts: facts.bureau_connected,
    ),
)


def passed(facts: GoLiveFacts) -> tuple[str, ...]:
    """The codes of the checks that hold."""
    return tuple(check.code for check in CHECKS if check.passes(facts))
