"""The sentences of customer operations in a merchant's timeline: desk, pool, coupons."""

from typing import Final

from platform_app.kernel.errors import gettext_noop

# event name → icon, tone, sentence over the event's props
CUSTOMERS: Final = {
    "campaigns.ticket.opened": ("send", "", gettext_noop("Asked the service desk.")),
    "campaigns.ticket.added_to": ("send", "", gettext_noop("Added to a question.")),
    "campaigns.ticket.assigned": ("user", "", gettext_noop("A question was taken.")),
    "campaigns.ticket.answered": ("check", "good", gettext_noop("A question was answered.")),
    "campaigns.ticket.promised": (
        "clock", "warn", gettext_noop("An answer was promised for later."),
    ),
    "campaigns.ticket.closed": ("check", "", gettext_noop("A question was closed.")),
    "campaigns.ticket.reopened": ("alert", "warn", gettext_noop("A question was reopened.")),
    "campaigns.ticket.scored": ("eye", "", gettext_noop("Judged the service: %(score)s of 5.")),
    "campaigns.follow_up.booked": (
        "calendar", "", gettext_noop("A call-back is booked for %(on)s, %(hour)s:00."),
    ),
    "campaigns.follow_up.moved": (
        "calendar", "", gettext_noop("The call-back is moved to %(on)s, %(hour)s:00."),
    ),
    "campaigns.follow_up.assigned": ("user", "", gettext_noop("A call-back was taken.")),
    "campaigns.follow_up.done": ("check", "good", gettext_noop("Was called back.")),
    "campaigns.follow_up.missed": (
        "alert", "warn", gettext_noop("Could not be reached at the chosen time."),
    ),
    "campaigns.follow_up.canceled": ("cross", "", gettext_noop("Canceled the call-back.")),
    "campaigns.pool_member.updated": ("pool", "", gettext_noop("Moved in the pool.")),
    "campaigns.coupon.granted": (
        "check", "good", gettext_noop("Was given a coupon of up to ¥%(cap_minor)s."),
    ),
    "campaigns.referral.joined": ("user", "", gettext_noop("Came with another one's invitation.")),
    "campaigns.referral.holding": (
        "clock", "", gettext_noop("The days until the coupons of an invitation run."),
    ),
    "campaigns.referral.review": ("eye", "warn", gettext_noop("An invitation is looked at.")),
    "campaigns.referral.rewarded": ("check", "good", gettext_noop("Was rewarded for inviting.")),
    "campaigns.referral.welcomed": (
        "check", "good", gettext_noop("Got a coupon for coming by invitation."),
    ),
    "campaigns.referral.refused": ("cross", "", gettext_noop("An invitation does not count.")),
    "campaigns.referral.lapsed": ("cross", "", gettext_noop("An invitation lapsed.")),
    "campaigns.referral.taken_back": (
        "cross", "warn", gettext_noop("The coupons of an invitation were taken back."),
    ),
    "credit.discount.granted": (
        "check", "good", gettext_noop("A coupon of up to ¥%(cap_minor)s can be used."),
    ),
    "credit.discount.reserved": ("clock", "", gettext_noop("A coupon was kept for an order.")),
    "credit.discount.released": ("edit", "", gettext_noop("A coupon came back.")),
    "credit.discount.used": ("check", "", gettext_noop("A coupon was used.")),
    "credit.discount.expired": ("cross", "", gettext_noop("A coupon expired.")),
    "credit.discount.canceled": ("cross", "", gettext_noop("A coupon was taken back.")),
    "tenants.identity_review.asked": (
        "user", "", gettext_noop("Asked for a person instead of a face check."),
    ),
    "tenants.identity_review.passed": (
        "check", "good", gettext_noop("Was confirmed by a person."),
    ),
    "tenants.identity_review.failed": (
        "cross", "warn", gettext_noop("Was not confirmed by a person."),
    ),
    "tenants.embed_session.opened": ("eye", "", gettext_noop("Opened the pages.")),
}  # fmt: skip
