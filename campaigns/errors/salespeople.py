"""What goes wrong around salespeople, their QR codes and the merchants they brought."""

from platform_app.kernel.errors import Conflict, Invalid, Refused, gettext_noop


class BadSalespersonCode(Invalid):
    """The platform's own code of a salesperson, which stands in addresses."""

    code = "salesperson_code_invalid"
    message = gettext_noop(
        "The code of a salesperson is 1 to 40 letters, digits, “-”, “_” or “.”, such as S-017."
    )


class SalespersonUnknown(Refused):
    """A code was told that nobody on the roster has."""

    code = "salesperson_unknown"
    message = gettext_noop("Nobody on your roster has this code; nothing was bound.")


class SalespersonLeft(Refused):
    """Whoever has left brings no more merchants and gets no QR code."""

    code = "salesperson_left"
    message = gettext_noop("This salesperson has left; nothing was bound.")


class SalespersonTokenInvalid(Refused):
    """The token is not one of ours, of another platform, or was altered."""

    code = "salesperson_token_invalid"
    message = gettext_noop("This is not a QR code of your salespeople; nothing was bound.")


class SalespersonTokenExpired(Refused):
    """The QR code was good for a time that is over."""

    code = "salesperson_token_expired"
    message = gettext_noop("This QR code is past its time; nothing was bound.")


class SalespersonTokenRevoked(Refused):
    """Taken back, or replaced by a newer one: only the newest counts."""

    code = "salesperson_token_revoked"
    message = gettext_noop("This QR code was replaced or taken back; nothing was bound.")


class MerchantClaimed(Conflict):
    """Somebody else brought this merchant; what was told is kept as a claim."""

    code = "merchant_claimed"
    message = gettext_noop(
        "Another salesperson brought this merchant. The claim is kept for an operator to settle."
    )


class ClaimSettled(Conflict):
    """The claim was settled the other way before."""

    code = "claim_settled"
    message = gettext_noop("This claim was settled already.")


class EntryUrlMissing(Refused):
    """A QR code needs a page of the platform to open."""

    code = "entry_url_missing"
    message = gettext_noop(
        "Say which page of yours the QR code opens: no allowed origin is set to begin with."
    )
