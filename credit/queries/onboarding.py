"""The pages before an application: which are done, which is next."""

from dataclasses import dataclass
from typing import Final

from platform_app.kernel import clock
from tenants.enums import ApplicationNeed, KybStatus
from tenants.queries.consents import AT_THE_START, missing_consents
from tenants.queries.merchants import merchant as find_merchant
from tenants.queries.onboarding import missing_needs
from tenants.queries.tenants import current_tenant

NEEDED_CONSENTS: Final = AT_THE_START
STEP_MINUTES: Final = 1
PAGES: Final = {
    "consents": "consent-give",
    "firm": "firm-verify",
    ApplicationNeed.LEGAL_REPRESENTATIVE: "person-legal",
    ApplicationNeed.PHONE: "phone-confirm",
    ApplicationNeed.FACE: "face-identify",
    ApplicationNeed.ACCOUNT: "account-set",
    ApplicationNeed.DOCUMENTS: "attachment-add",
    "submit": "application-submit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """The steps of an application in order, and those still to do; submitting is the last."""

    steps: tuple[str, ...]
    left: tuple[str, ...]

    @property
    def done_count(self) -> int:
        return len(self.steps) - len(self.left)

    @property
    def left_count(self) -> int:
        return len(self.left)

    @property
    def percent(self) -> int:
        return 100 * self.done_count // len(self.steps)

    @property
    def next_page(self) -> str:
        """The name of the page to go on with."""
        return PAGES[self.left[0]]

    def place(self, step: str) -> tuple[int, int]:
        """Which step of how many a page is."""
        return self.steps.index(step) + 1, len(self.steps)


def progress_of(merchant_id: str) -> Progress:
    """How far a merchant is before it submits. Raises NotFound."""
    tenant, merchant = current_tenant(), find_merchant(merchant_id)
    needs = list(tenant.application_needs)
    steps = ("consents", "firm", *needs, "submit")
    left = set(missing_needs(merchant, needs, at=clock.now())) | {"submit"}
    if missing_consents(merchant_id, NEEDED_CONSENTS, tenant):
        left.add("consents")
    if merchant.kyb_status != KybStatus.VERIFIED:
        left.add("firm")
    return Progress(steps=steps, left=tuple(step for step in steps if step in left))
