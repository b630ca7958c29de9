"""What goes wrong around invitations and what they earn."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class ReferralNotFound(NotFound):
    message = gettext_noop("There is no referral with this id.")


class ReferralTermsInvalid(Invalid):
    code = "referral_terms_invalid"
    message = gettext_noop(
        "1 to 50 merchants a month, 7 to 90 days of waiting, 30 to 180 days for the first order."
    )


class ReferralBatchTied(Invalid):
    """A reward may not grow with borrowing."""

    code = "referral_batch_tied"
    message = gettext_noop(
        "A reward may not depend on how much is borrowed: choose a batch with a fixed amount off,"
        " for orders of any size and every term."
    )


class ReferralNotInReview(Conflict):
    code = "referral_not_in_review"
    message = gettext_noop("This referral does not wait for anybody to look at it.")


class ReferralNotRewarded(Conflict):
    code = "referral_not_rewarded"
    message = gettext_noop("There is no reward of this referral to take back.")


class InvitationsOff(Refused):
    """The platform has no referral program now."""

    code = "invitations_off"
    message = gettext_noop("The platform does not take invitations at the moment.")


class InviterNotInStanding(Refused):
    """Whoever invites has an active line and nothing overdue."""

    code = "inviter_not_in_standing"
    message = gettext_noop(
        "Inviting needs an active credit line with nothing overdue; the invitation does not count."
    )


class InviterBarred(Refused):
    """An operator took the invitation back."""

    code = "inviter_barred"
    message = gettext_noop("The platform ended your invitations. Ask the service desk why.")


class InvitationInvalid(Refused):
    """The token is not one of ours, of another platform, or was altered."""

    code = "invitation_invalid"
    message = gettext_noop("This is not an invitation of your merchants; it does not count.")


class InvitationExpired(Refused):
    code = "invitation_expired"
    message = gettext_noop("This invitation is past its time; it does not count.")


class InvitationRevoked(Refused):
    """Taken back, or replaced by a newer one."""

    code = "invitation_revoked"
    message = gettext_noop("This invitation was replaced or taken back; it does not count.")


class InvitedOneself(Refused):
    code = "invited_oneself"
    message = gettext_noop("Nobody invites oneself; the invitation does not count.")


class InviteeKnown(Refused):
    """The merchant applied or had a line before it came with the invitation."""

    code = "invitee_known"
    message = gettext_noop("This merchant is a customer already; the invitation does not count.")


class InviteeBrought(Conflict):
    """Another merchant or a salesperson brought it before."""

    code = "invitee_brought"
    message = gettext_noop("Somebody else brought this merchant; the invitation does not count.")


class MerchantInvited(Conflict):
    code = "merchant_invited"
    message = gettext_noop("Another merchant invited this one; nobody is paid twice for it.")


class ReferralBatchShort(Refused):
    code = "referral_batch_short"
    message = gettext_noop(
        "These coupons end on {last_on}. Whoever is invited today may earn one until {needed_on}: "
        "take a batch that is valid so long, or shorten the days."
    )


class InvitationCapReached(Refused):
    code = "invitation_cap_reached"
    message = gettext_noop(
        "The inviter had its full number of invitations this month; this one does not count."
    )


class InvitationSameFirm(Refused):
    """Both belong to the same people."""

    code = "invitation_same_firm"
    message = gettext_noop("Both shops belong to the same people; the invitation does not count.")
