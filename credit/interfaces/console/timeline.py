"""The event log in plain sentences: what happened, to what, how much."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from credit.interfaces.console.timeline_customers import CUSTOMERS
from platform_app.kernel.models import Event
from platform_app.kernel.money import format_yuan
from tenants.enums import ConsentCode


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of a timeline; `drawdown` is the id to open, if there is one."""

    at: datetime
    icon: str
    tone: str
    text: str
    name: str
    actor: str
    drawdown: str


# event name → icon, tone, sentence over the event's props (`*_minor` arrive as yuan)
_SENTENCES: Final = {
    **CUSTOMERS,
    "tenants.merchant.pooled": ("pool", "", gettext_noop("Entered the pool.")),
    "tenants.merchant.changed": ("edit", "", gettext_noop("Master data changed.")),
    "tenants.merchant.registered": ("user", "", gettext_noop("Signed up.")),
    "tenants.merchant.verified": ("check", "good", gettext_noop("Firm verified.")),
    "tenants.merchant.person_set": ("user", "", gettext_noop("A contact person was recorded.")),
    "tenants.merchant.person_identified": (
        "user", "", gettext_noop("A person gave an identity number."),
    ),
    "tenants.merchant.phone_code_sent": ("send", "", gettext_noop("A code was sent by text.")),
    "tenants.merchant.phone_confirmed": ("check", "", gettext_noop("Mobile number confirmed.")),
    "tenants.merchant.account_set": ("edit", "", gettext_noop("Settlement account recorded.")),
    "tenants.merchant.account_change_confirmed": (
        "edit", "warn", gettext_noop("Another settlement account was asked for."),
    ),
    "tenants.merchant.account_change_stopped": (
        "cross", "", gettext_noop("The change of the settlement account was stopped."),
    ),
    "tenants.merchant.account_changed": (
        "edit", "", gettext_noop("The new settlement account is in force."),
    ),
    "tenants.merchant.user_invited": ("user", "", gettext_noop("A user was invited.")),
    "tenants.merchant.user_joined": ("user", "good", gettext_noop("A user joined.")),
    "tenants.merchant.user_changed": ("edit", "", gettext_noop("A user got other powers.")),
    "tenants.merchant.user_removed": ("cross", "", gettext_noop("A user was removed.")),
    "tenants.merchant.attachment_added": ("edit", "", gettext_noop("A document was sent.")),
    "campaigns.salesperson.bound": ("user", "", gettext_noop("Brought by salesperson %(code)s.")),
    "campaigns.salesperson.claimed": (
        "user", "warn", gettext_noop("Salesperson %(code)s claims it too."),
    ),
    "tenants.consent.given": ("sign", "", gettext_noop("Agreed to: %(code)s.")),
    "tenants.consent.withdrawn": ("sign", "warn", gettext_noop("Withdrew: %(code)s.")),
    "credit.application.submitted": ("send", "", gettext_noop("Applied for a credit line.")),
    "credit.application.approved": (
        "check", "good", gettext_noop("Application approved, limit ¥%(limit_minor)s."),
    ),
    "credit.application.referred": ("eye", "warn", gettext_noop("Passed to manual review.")),
    "credit.application.declined": ("cross", "bad", gettext_noop("Application declined.")),
    "credit.application.action_required": (
        "eye", "warn", gettext_noop("The merchant was asked for something."),
    ),
    "credit.application.ask_answered": ("edit", "", gettext_noop("A request was answered.")),
    "credit.application.resubmitted": ("send", "", gettext_noop("Handed in again.")),
    "credit.application.asks_dropped": ("edit", "", gettext_noop("The request was taken back.")),
    "credit.application.withdrawn": ("cross", "", gettext_noop("The application was withdrawn.")),
    "credit.limit.reviewed": ("scale", "", gettext_noop("The limit was looked at.")),
    "credit.review.opened": ("eye", "warn", gettext_noop("A person looks at the application.")),
    "credit.review.claimed": ("user", "", gettext_noop("A reviewer took it.")),
    "credit.review.proposed": ("sign", "", gettext_noop("A second reviewer was asked.")),
    "credit.review.returned": ("sign", "warn", gettext_noop("Given back to the first reviewer.")),
    "credit.review.decided": ("check", "", gettext_noop("A person has decided.")),
    "credit.line.activated": (
        "line", "good", gettext_noop("Signed; line of ¥%(limit_minor)s opened."),
    ),
    "credit.drawdown.authorized": (
        "lock", "", gettext_noop("¥%(amount_minor)s held for order %(order_no)s."),
    ),
    "credit.drawdown.captured": (
        "truck", "", gettext_noop("Order %(order_no)s shipped, ¥%(amount_minor)s drawn."),
    ),
    "credit.drawdown.canceled": (
        "cross", "", gettext_noop("Order %(order_no)s canceled, the hold released."),
    ),
    "credit.drawdown.uncaptured": (
        "clock", "warn",
        gettext_noop("Order %(order_no)s was to ship on %(ships_on)s and is not captured."),
    ),
    "credit.drawdown.expiring": (
        "clock", "warn",
        gettext_noop("Order %(order_no)s is not shipped; its hold ends on %(expires_on)s."),
    ),
    "credit.drawdown.expired": (
        "clock", "warn", gettext_noop("The hold for order %(order_no)s ran out."),
    ),
    "credit.drawdown.paid_off": ("check", "good", gettext_noop("Order %(order_no)s paid off.")),
    "credit.repayment.succeeded": ("coin", "good", gettext_noop("Repaid ¥%(amount_minor)s.")),
    "credit.debit.requested": (
        "bank", "", gettext_noop("Direct debit of ¥%(amount_minor)s asked for."),
    ),
    "credit.debit.succeeded": (
        "bank", "good", gettext_noop("Direct debit of ¥%(amount_minor)s succeeded."),
    ),
    "credit.debit.failed": (
        "bank", "bad", gettext_noop("Direct debit of ¥%(amount_minor)s failed."),
    ),
    "credit.sale.deducted": (
        "coin", "good",
        gettext_noop("¥%(deducted_minor)s kept back of a sale of ¥%(sale_minor)s."),
    ),
    "credit.guarantor.paid_out": (
        "sign", "warn", gettext_noop("A guarantor paid ¥%(amount_minor)s."),
    ),
    "credit.guarantor.recovered": (
        "coin", "", gettext_noop("¥%(amount_minor)s given back to a guarantor."),
    ),
    "credit.drawdown.adjusted": (
        "edit", "", gettext_noop("Order %(order_no)s became smaller: ¥%(amount_minor)s."),
    ),
    "credit.drawdown.refund": (
        "truck", "", gettext_noop("Goods of ¥%(amount_minor)s came back, order %(order_no)s."),
    ),
    "credit.drawdown.payout_refund": (
        "bank", "", gettext_noop("The platform gave ¥%(amount_minor)s of the payout back."),
    ),
    "credit.drawdown.goodwill": ("coin", "", gettext_noop("Goodwill of ¥%(amount_minor)s given.")),
    "credit.drawdown.fee": ("coin", "warn", gettext_noop("A fee of ¥%(amount_minor)s charged.")),
    "credit.drawdown.waiver": ("coin", "", gettext_noop("¥%(amount_minor)s waived.")),
    "credit.drawdown.pause": ("clock", "", gettext_noop("Interest paused.")),
    "credit.drawdown.extension": ("calendar", "", gettext_noop("Due dates moved later.")),
    "credit.drawdown.restructure": ("calendar", "warn", gettext_noop("A new repayment plan.")),
    "credit.drawdown.rate_change": ("edit", "", gettext_noop("The annual rate changed.")),
    "credit.drawdown.write_off": ("cross", "bad", gettext_noop("Written off.")),
    "credit.drawdown.overpayment_refund": (
        "coin", "", gettext_noop("¥%(amount_minor)s of overpayment returned."),
    ),
    "credit.drawdown.reversal": ("cross", "warn", gettext_noop("An event was reversed.")),
    "credit.approval.requested": (
        "eye", "warn", gettext_noop("¥%(amount_minor)s waits for a second person."),
    ),
    "credit.approval.approved": (
        "check", "good", gettext_noop("A second person approved ¥%(amount_minor)s."),
    ),
    "credit.approval.rejected": (
        "cross", "", gettext_noop("A second person rejected ¥%(amount_minor)s."),
    ),
    "credit.line.changed": ("line", "", gettext_noop("Limit set to ¥%(limit_minor)s.")),
    "credit.line.suspended": ("lock", "warn", gettext_noop("Line suspended: nothing is drawn.")),
    "credit.line.resumed": ("check", "good", gettext_noop("Line resumed.")),
    "credit.line.closed": ("cross", "", gettext_noop("Line closed.")),
    "credit.temporary_limit.granted": (
        "line", "",
        gettext_noop("Temporary limit of ¥%(amount_minor)s, %(from_on)s until %(until_on)s."),
    ),
    "credit.temporary_limit.started": (
        "line", "good", gettext_noop("Temporary limit of ¥%(amount_minor)s started."),
    ),
    "credit.temporary_limit.ending": (
        "clock", "warn",
        gettext_noop("Temporary limit of ¥%(amount_minor)s ends on %(until_on)s."),
    ),
    "credit.temporary_limit.ended": (
        "line", "", gettext_noop("Temporary limit of ¥%(amount_minor)s ended."),
    ),
    "credit.merchant_cap.changed": (
        "lock", "", gettext_noop("Cap across all lines set to ¥%(cap_minor)s."),
    ),
    "credit.installment.grace_started": (
        "clock", "warn",
        gettext_noop("Installment %(seq)s of order %(order_no)s is in its days of grace."),
    ),
    "credit.installment.overdue": (
        "alert", "bad",
        gettext_noop("Installment %(seq)s of order %(order_no)s is overdue: ¥%(unpaid_minor)s."),
    ),
    "credit.installment.moved": (
        "calendar", "",
        gettext_noop(
            "Installment %(seq)s of order %(order_no)s is due on %(to_on)s instead of %(from_on)s."
        ),
    ),
    "credit.signature.failed": ("alert", "bad", gettext_noop("The agreement was not signed.")),
    "tenants.step_up.sent": ("sign", "", gettext_noop("A code was sent to confirm an act.")),
    "credit.document.issued": ("sign", "", gettext_noop("Document %(number)s issued.")),
    "credit.installment.reminder": (
        "send", "", gettext_noop("Reminded of installment %(seq)s of order %(order_no)s."),
    ),
    "credit.collection.opened": ("alert", "bad", gettext_noop("Collection case opened.")),
    "credit.collection.stage_changed": ("eye", "warn", gettext_noop("Next stage of collection.")),
    "credit.collection.closed": (
        "check", "good", gettext_noop("Collection case closed: nothing is overdue."),
    ),
    "credit.collection.assigned": ("user", "", gettext_noop("The case was given to an owner.")),
    "credit.collection.placed": (
        "user", "warn", gettext_noop("The case was handed to %(agency)s."),
    ),
    "credit.collection.contact_begun": ("send", "", gettext_noop("The merchant was contacted.")),
    "credit.collection.contact_finished": (
        "edit", "", gettext_noop("The result of a contact was written down."),
    ),
    "credit.collection.contact_received": ("send", "good", gettext_noop("The merchant called.")),
    "credit.collection.contact_blocked": (
        "lock", "warn", gettext_noop("Asked not to be contacted this way."),
    ),
    "credit.collection.contact_unblocked": (
        "check", "", gettext_noop("May be contacted this way again."),
    ),
    "credit.promise.made": (
        "sign", "", gettext_noop("Promised ¥%(amount_minor)s by %(by_on)s."),
    ),
    "credit.promise.kept": (
        "check", "good", gettext_noop("Kept the promise: ¥%(paid_minor)s paid."),
    ),
    "credit.promise.broken": (
        "cross", "bad",
        gettext_noop("Broke the promise: ¥%(paid_minor)s of ¥%(amount_minor)s paid."),
    ),
    "credit.promise.withdrawn": ("sign", "warn", gettext_noop("Promise withdrawn.")),
    "credit.dispute.opened": (
        "alert", "warn", gettext_noop("Disputed order %(order_no)s; collection rests."),
    ),
    "credit.dispute.upheld": (
        "check", "", gettext_noop("The dispute about order %(order_no)s was upheld."),
    ),
    "credit.dispute.rejected": (
        "cross", "", gettext_noop("The dispute about order %(order_no)s was rejected."),
    ),
    "credit.extension.asked": (
        "clock", "", gettext_noop("Asked for %(days)s more days for order %(order_no)s."),
    ),
    "credit.extension.approved": (
        "check", "good", gettext_noop("%(days)s more days granted for order %(order_no)s."),
    ),
    "credit.extension.declined": (
        "cross", "", gettext_noop("The extension of order %(order_no)s was declined."),
    ),
}  # fmt: skip


def moments(events: Iterable[Event]) -> list[Moment]:
    """One line per event; an event we have no sentence for shows its name."""
    return [_moment(event) for event in events]


def _moment(event: Event) -> Moment:
    icon, tone, sentence = _SENTENCES.get(event.name, ("dot", "", ""))
    facts = _Facts(_shown(event.props))
    text = _(sentence) % facts if sentence else event.name
    linked = event.subject if event.subject.startswith("drw_") else event.props.get("drawdown", "")
    return Moment(
        at=event.occurred_at,
        icon=icon,
        tone=tone,
        text=text,
        name=event.name,
        actor=event.actor,
        drawdown=linked,
    )


def _shown(props: dict[str, Any]) -> dict[str, Any]:
    shown = {
        key: format_yuan(value) if key.endswith("_minor") and isinstance(value, int) else value
        for key, value in props.items()
    }
    if shown.get("code") in ConsentCode.values:
        shown["code"] = ConsentCode(shown["code"]).label
    return shown


class _Facts(dict[str, Any]):
    """A fact an older event lacks shows as a dash instead of failing the page."""

    def __missing__(self, key: str) -> str:
        return "—"
