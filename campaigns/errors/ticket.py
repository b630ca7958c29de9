"""Refusals of the service desk."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class TicketNotFound(NotFound):
    message = gettext_noop("There is no ticket with this id.")


class TicketClosed(Conflict):
    code = "ticket_closed"
    message = gettext_noop("This ticket is closed. Reopen it, or ask a new question.")


class TicketNotClosed(Conflict):
    code = "ticket_not_closed"
    message = gettext_noop("This is possible once the ticket is closed.")


class TicketNotWaiting(Conflict):
    code = "ticket_not_waiting"
    message = gettext_noop("Nobody waits for an answer to this ticket.")


class AnswerOwed(Conflict):
    code = "answer_owed"
    message = gettext_noop("The merchant still waits for our answer. Answer first, then close.")


class ReopeningOver(Refused):
    code = "reopening_over"
    message = gettext_noop(
        "A ticket can be reopened for {days} days after it was closed. Please ask anew."
    )


class TicketWordsNeeded(Invalid):
    code = "ticket_words_needed"
    message = gettext_noop("Please write between {shortest} and {longest} characters.")


class TicketsTooMany(Refused):
    code = "tickets_too_many"
    message = gettext_noop("{most} questions are open already. Please add to one of them.")


class TicketKeyUsed(Conflict):
    code = "ticket_key_used"
    message = gettext_noop("This form was sent before with other words. Please open it anew.")


class PromiseOutOfReach(Invalid):
    code = "promise_out_of_reach"
    message = gettext_noop("Promise a later moment, within {days} working days.")
