"""Merchants' users and the change of their account."""

from platform_app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, gettext_noop


class UserUnknown(Forbidden):
    code = "user_unknown"
    message = gettext_noop(
        "The firm does not know this user. Its owner can invite this person by phone number."
    )


class UserNotFound(NotFound):
    message = gettext_noop("The firm has no such user.")


class OwnerStays(Conflict):
    code = "owner_stays"
    message = gettext_noop("The legal representative and a firm's last owner stay its owners.")


class UserExists(Conflict):
    code = "user_exists"
    message = gettext_noop("Somebody with this number is a user of the firm already.")


class UserUnnamed(Refused):
    code = "user_unnamed"
    message = gettext_noop("The platform did not say who you are. Please open this page from it.")


class NotInvited(Refused):
    code = "not_invited"
    message = gettext_noop("This number was not invited. Ask the owner to invite you with it.")


class CapsOfBuyers(Invalid):
    code = "caps_of_buyers"
    message = gettext_noop("Only a buyer has caps; they are more than nothing.")


class AccountOfAnotherFirm(Refused):
    code = "account_of_another_firm"
    message = gettext_noop("This account belongs to another firm on the platform.")


class AccountUnchanged(Refused):
    code = "account_unchanged"
    message = gettext_noop("This is the account you have already.")


class AccountChangeWaiting(Conflict):
    code = "account_change_waiting"
    message = gettext_noop("A change is waiting already. Stop it first, then enter another.")


class AccountChangeNotFound(NotFound):
    message = gettext_noop("No change of the account is under way.")
