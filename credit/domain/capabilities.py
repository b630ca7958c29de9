"""What a platform's integration can do now; for what it cannot, what is missing and who adds it.

Each capability is a list of needs, each need one fact that was seen. The words are msgids.
"""

from dataclasses import dataclass
from typing import Final

from platform_app.kernel.errors import gettext_noop

PARTNER: Final = "partner"
US: Final = "us"


@dataclass(frozen=True, slots=True, kw_only=True)
class CapabilityFacts:
    """What was seen of a platform, and the scopes of the key that asks (of all keys, for a page).

    `unseen_count` is how many checks before going live have not been seen yet.
    """

    scopes: frozenset[str]
    is_sandbox: bool
    has_sandbox: bool
    is_active: bool
    is_product_published: bool
    is_lender_active: bool
    has_orders: bool
    has_origins: bool
    has_endpoint: bool
    has_rsa_key: bool
    is_sm2_offered: bool
    is_bureau_connected: bool
    has_face_check: bool
    unseen_count: int


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that has to be so, who makes it so, and how."""

    code: str
    actor: str
    how: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing an integration can do; `operations` are the ids of what it calls."""

    code: str
    title: str
    needs: tuple[Need, ...]
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A capability as it stands: on when nothing is missing."""

    capability: Capability
    missing: tuple[Need, ...]

    @property
    def is_on(self) -> bool:
        return not self.missing


def _scope(name: str) -> Need:
    return Need(
        f"scope_{name}",
        PARTNER,
        gettext_noop("Make a key with this scope, or have one succeeded by such a key: Keys."),
    )


ACTIVE: Final = Need(
    "platform_active", US, gettext_noop("The platform is suspended: ask your contact why.")
)
PRODUCT: Final = Need(
    "product_published",
    PARTNER,
    gettext_noop("The owner agrees to a version of the product on the console, Products."),
)
LENDER: Final = Need(
    "lender_active", US, gettext_noop("No lender is active: ask your contact at Baitiao.")
)
ORDERS: Final = Need(
    "orders_known",
    PARTNER,
    gettext_noop("Send some months of orders by POST /api/v1/orders:batch or as a file."),
)
ORIGINS: Final = Need(
    "origins_named",
    US,
    gettext_noop("Tell us the origins, such as https://shop.example; others cannot frame us."),
)
ENDPOINT: Final = Need(
    "endpoint_active",
    PARTNER,
    gettext_noop("Add an endpoint by POST /api/v1/webhook_endpoints, or switch yours on again."),
)
RSA: Final = Need(
    "rsa_key_in_force",
    PARTNER,
    gettext_noop("Make a key pair, keep the private half, give us the public one."),
)
SM2: Final = Need(
    "sm2_offered", US, gettext_noop("SM2 is switched on for the whole server: ask your contact.")
)
BUREAU: Final = Need(
    "bureau_connected",
    US,
    gettext_noop("Send us your e-sign bureau's address and root certificate; we connect it."),
)
FACE: Final = Need(
    "face_check_set",
    US,
    gettext_noop("Tell us from which limit on a face check is to come before signing."),
)
SANDBOX: Final = Need(
    "sandbox_open",
    PARTNER,
    gettext_noop("The owner or a developer opens one on the console, Sandbox."),
)
IN_SANDBOX: Final = Need(
    "sandbox_key", PARTNER, gettext_noop("Use a key of your sandbox: live time cannot be moved.")
)
SEEN: Final = Need(
    "checks_seen",
    PARTNER,
    gettext_noop("Pass every check of the list before going live, on the console, Integration."),
)
CAPABILITIES: Final = (
    Capability(
        "look_up",
        gettext_noop("Read merchants, lines, drawdowns, bills and events"),
        (ACTIVE, _scope("read")),
        ("merchant-list", "credit_line-list", "drawdown-list", "event-list"),
    ),
    Capability(
        "push_data",
        gettext_noop("Push merchants, orders and the pool"),
        (ACTIVE, _scope("pool")),
        ("merchant-put", "order-batch", "consent-give", "pool_import-start"),
    ),
    Capability(
        "entry",
        gettext_noop("Show the entry to merchants"),
        (ACTIVE, PRODUCT, ORDERS, _scope("read")),
        ("entry-show",),
    ),
    Capability(
        "framed_pages",
        gettext_noop("Our pages inside yours"),
        (ACTIVE, ORIGINS, _scope("draw")),
        ("embed_session-open",),
    ),
    Capability(
        "draw",
        gettext_noop("Quote, draw, capture and cancel orders"),
        (ACTIVE, PRODUCT, LENDER, _scope("draw")),
        ("quote-make", "drawdown-request", "drawdown-capture", "drawdown-cancel"),
    ),
    Capability(
        "refund",
        gettext_noop("Refund goods that came back"),
        (ACTIVE, _scope("refund")),
        ("refund-record",),
    ),
    Capability(
        "repay",
        gettext_noop("Report repayments that came in at your side"),
        (ACTIVE, _scope("repay")),
        ("repayment-record",),
    ),
    Capability("webhooks", gettext_noop("Be told of events by webhook"), (ACTIVE, ENDPOINT)),
    Capability(
        "manage_endpoints",
        gettext_noop("Manage endpoints and send events again"),
        (ACTIVE, _scope("admin")),
        ("webhook_endpoint-create", "webhook_endpoint-replay", "event-resend"),
    ),
    Capability(
        "key_pairs", gettext_noop("Sign with an RSA key pair, and have answers signed"), (RSA,)
    ),
    Capability("sm2", gettext_noop("Sign with SM2"), (SM2,)),
    Capability("binding_agreements", gettext_noop("Agreements that bind"), (BUREAU,)),
    Capability("face_check", gettext_noop("A face check before signing"), (FACE,)),
    Capability("sandbox", gettext_noop("A sandbox beside the live platform"), (SANDBOX,)),
    Capability(
        "test_clock",
        gettext_noop("Move a sandbox's time"),
        (IN_SANDBOX, _scope("admin")),
        ("test_clock-create", "test_clock-advance"),
    ),
    Capability("live_business", gettext_noop("Go live"), (SEEN,)),
)


def standings(facts: CapabilityFacts) -> list[Standing]:
    """Every capability with what is missing for it, in the order of an integration's life."""
    held = _held(facts)
    return [
        Standing(one, tuple(need for need in one.needs if need.code not in held))
        for one in CAPABILITIES
    ]


def _held(facts: CapabilityFacts) -> set[str]:
    """The codes of the needs that are met."""
    by_need = {
        ACTIVE: facts.is_active,
        PRODUCT: facts.is_product_published,
        LENDER: facts.is_lender_active,
        ORDERS: facts.has_orders,
        ORIGINS: facts.has_origins,
        ENDPOINT: facts.has_endpoint,
        RSA: facts.has_rsa_key,
        SM2: facts.is_sm2_offered,
        BUREAU: facts.is_bureau_connected,
        FACE: facts.has_face_check,
        SANDBOX: facts.has_sandbox or facts.is_sandbox,
        IN_SANDBOX: facts.is_sandbox,
        SEEN: not facts.unseen_count,
    }
    scopes = {_scope(name).code for name in facts.scopes}
    return scopes | {need.code for need, is_met in by_need.items() if is_met}
