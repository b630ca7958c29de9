"""Refusals of settlement, reconciliation and repayment channels."""

from platform_app.kernel.errors import Conflict, Invalid, Refused, gettext_noop


class BadSettlementTerms(Invalid):
    code = "settlement_terms_invalid"
    message = gettext_noop("These settlement terms cannot be: {reason}")


class SuspenseItemNotOpen(Conflict):
    code = "suspense_item_not_open"
    message = gettext_noop("This money is not waiting in suspense any more.")


class ReturnNotAsked(Conflict):
    code = "return_not_asked"
    message = gettext_noop("Nobody has asked to return this money.")


class NothingToRepay(Refused):
    code = "nothing_to_repay"
    message = gettext_noop("This merchant owes nothing to this funding source.")


class BreakNotOpen(Conflict):
    code = "break_not_open"
    message = gettext_noop("This break is closed already.")


class WriteOffNotAsked(Conflict):
    code = "write_off_not_asked"
    message = gettext_noop("Nobody has asked to write this break off.")


class BadBankFile(Invalid):
    code = "bank_file_invalid"
    message = gettext_noop("The bank file cannot be read: {reason}")


class MandateMissing(Refused):
    code = "mandate_missing"
    message = gettext_noop("The merchant has no direct debit mandate.")


class MandateExists(Conflict):
    code = "mandate_exists"
    message = gettext_noop("The merchant has a direct debit mandate already.")


class DebitAboveDebt(Refused):
    code = "debit_above_debt"
    message = gettext_noop(
        "¥{open} of this drawdown can still be collected; ¥{needed} was asked for."
    )


class NoDeductionAgreed(Refused):
    code = "deduction_not_agreed"
    message = gettext_noop("The merchant has not agreed to deductions from its sales.")


class BadFraction(Invalid):
    code = "fraction_invalid"
    message = gettext_noop("The share must be above 0 and at most 100 %.")


class ClaimTooSmall(Refused):
    code = "claim_too_small"
    message = gettext_noop("¥{open} of the guarantor's claim is open; ¥{needed} was reported.")
