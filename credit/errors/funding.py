"""Refusals of lenders and funding."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, Refused, gettext_noop


class FundingSourceNotFound(NotFound):
    message = gettext_noop("There is no funding source with this id.")


class PartnershipNotFound(NotFound):
    message = gettext_noop("There is no partnership with this id.")


class FundingNameTaken(Conflict):
    code = "funding_name_taken"
    message = gettext_noop("This name is in use already.")


class FundingTermsInvalid(Invalid):
    code = "funding_terms_invalid"
    message = gettext_noop("The terms of the funding contradict themselves: {reason}")


class FundingStateConflict(Conflict):
    code = "funding_state_conflict"
    message = gettext_noop("This cannot be done in the state “{status}”.")


class LendersFixed(Conflict):
    code = "lenders_fixed"
    message = gettext_noop(
        "Merchants were offered this version with its lenders already. Name others in the next one."
    )


class NoFundingSource(Refused):
    code = "no_funding_source"
    message = gettext_noop("No lender can take this order at the moment.")


class FundingUseMismatch(Conflict):
    code = "funding_use_mismatch"
    message = gettext_noop("There is less in use with the lender than was to be given back.")


class InstructionNotFound(NotFound):
    message = gettext_noop("There is no funding instruction with this id.")


class InstructionEnded(Conflict):
    code = "instruction_ended"
    message = gettext_noop("The outcome of this instruction is known already.")


class InstructionNotFailed(Conflict):
    code = "instruction_not_failed"
    message = gettext_noop("Only a failed instruction can be sent anew.")
