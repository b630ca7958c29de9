"""Refusals of collection."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class LadderInvalid(Invalid):
    code = "ladder_invalid"
    message = gettext_noop("These steps cannot be used: {reason}")


class CollectionRulesInvalid(Invalid):
    code = "collection_rules_invalid"
    message = gettext_noop("These collection rules are not allowed: {reason}")


class CaseNotFound(NotFound):
    message = gettext_noop("There is no collection case with this id.")


class CaseClosed(Conflict):
    code = "case_closed"
    message = gettext_noop("This collection case is closed: nothing is overdue any more.")


class CollectorNotAllowed(Refused):
    code = "collector_not_allowed"
    message = gettext_noop("This role may not collect overdue debts. Ask an operator to do it.")


class ContactQuietHours(Refused):
    code = "contact_quiet_hours"
    message = gettext_noop("Nobody is contacted at this hour. Possible again from {next_at}.")


class ContactCapReached(Refused):
    code = "contact_cap_reached"
    message = gettext_noop(
        "Today's number of contacts for this case is used up. Possible again from {next_at}."
    )


class ContactBlocked(Refused):
    code = "contact_blocked"
    message = gettext_noop(
        "The merchant asked not to be contacted this way. Choose another person or channel."
    )


class ContactPaused(Refused):
    code = "contact_paused"
    message = gettext_noop("A dispute is open, so collection rests. Resolve the dispute first.")


class NothingToCollect(Refused):
    code = "nothing_to_collect"
    message = gettext_noop("Nothing is past due, so there is nothing to collect.")


class ContactNotFound(NotFound):
    message = gettext_noop("There is no contact with this id.")


class ContactFinished(Conflict):
    code = "contact_finished"
    message = gettext_noop("The result of this contact is already written down.")


class BlockExists(Conflict):
    code = "block_exists"
    message = gettext_noop("This way of contact is blocked already.")


class PromiseOpen(Conflict):
    code = "promise_open"
    message = gettext_noop("There is already an open promise. Withdraw it first.")


class PromiseDateInvalid(Invalid):
    code = "promise_date_invalid"
    message = gettext_noop("The day must lie between {first} and {last}.")


class PromiseAmountInvalid(Invalid):
    code = "promise_amount_invalid"
    message = gettext_noop("The amount must be more than zero and at most ¥{owed}.")


class PromiseNotFound(NotFound):
    message = gettext_noop("There is no promise with this id.")


class PromiseNotOpen(Conflict):
    code = "promise_not_open"
    message = gettext_noop("This promise is not open any more.")


class DisputeOpen(Conflict):
    code = "dispute_open"
    message = gettext_noop("There is already an open dispute about this order.")


class DisputeNotFound(NotFound):
    message = gettext_noop("There is no dispute with this id.")


class DisputeResolved(Conflict):
    code = "dispute_resolved"
    message = gettext_noop("This dispute is resolved already.")


class ExtensionOpen(Conflict):
    code = "extension_open"
    message = gettext_noop("An extension was already asked for this order; we will answer it.")


class ExtensionDaysInvalid(Invalid):
    code = "extension_days_invalid"
    message = gettext_noop("An extension takes between 1 and {longest} days.")


class ExtensionNotFound(NotFound):
    message = gettext_noop("There is no extension request with this id.")


class ExtensionDecided(Conflict):
    code = "extension_decided"
    message = gettext_noop("This extension request is decided already.")


class NoteNeeded(Invalid):
    code = "note_needed"
    message = gettext_noop("Please say why, in at least {shortest} characters.")
