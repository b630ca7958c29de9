"""Merchants: the firm, its people, codes, account and documents."""

from platform_app.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    ReasonNeeded,
    Refused,
    Unavailable,
    gettext_noop,
)


class BadRegistrationNumber(Invalid):
    code = "registration_no_invalid"
    message = gettext_noop("This is not a valid unified social credit code: {why}")


class RegistrationMissing(Refused):
    code = "registration_no_missing"
    message = gettext_noop("The unified social credit code is needed to verify the firm.")


class RegistrationLocked(Conflict):
    code = "registration_no_locked"
    message = gettext_noop("The firm is verified: its kind and registration number are fixed.")


class BadPhone(Invalid):
    code = "phone_invalid"
    message = gettext_noop("This is not a mainland mobile number of 11 digits.")


class RevealReasonNeeded(ReasonNeeded):
    message = gettext_noop("Say in at least four characters why you need to see this.")


class FutureOrder(Invalid):
    code = "future_date"
    message = gettext_noop("Order {order_no} is dated after today.")


class ConsentNotGiven(Conflict):
    code = "consent_not_given"
    message = gettext_noop("This consent has not been given, so it cannot be withdrawn.")


class CodeNeeded(Refused):
    code = "code_needed"
    message = gettext_noop("Please confirm with the code we send to your phone.")


class CodeWrong(Refused):
    code = "code_wrong"
    message = gettext_noop("The code is not right. Tries left: {left}.")


class CodeSpent(Refused):
    code = "code_spent"
    message = gettext_noop("Too many wrong codes. Please ask for a new one.")


class CodeExpired(Refused):
    code = "code_expired"
    message = gettext_noop("The code is no longer valid. Please ask for a new one.")


class CodeTooSoon(Refused):
    code = "code_too_soon"
    message = gettext_noop("Please wait {seconds} seconds before you ask for another code.")


class CodesTooMany(Refused):
    code = "codes_too_many"
    message = gettext_noop("Too many codes were asked for. Please try again in an hour.")


class PhoneUnknown(Refused):
    code = "phone_unknown"
    message = gettext_noop("No phone number is registered for this firm.")


class SensitiveConsentMissing(Refused):
    code = "sensitive_consent_missing"
    message = gettext_noop(
        "The consent to handling sensitive personal information has to be given first."
    )


class BadIdentityNumber(Invalid):
    code = "identity_no_invalid"
    message = gettext_noop("This identity number cannot be right: {why}")


class BadAccountNumber(Invalid):
    code = "account_no_invalid"
    message = gettext_noop("This account number cannot be right: {why}")


class AccountHolderMismatch(Refused):
    code = "account_holder_mismatch"
    message = gettext_noop(
        "The holder has to be the firm, or for a bank card its legal representative."
    )


class LegalRepresentativeMissing(Refused):
    code = "legal_representative_missing"
    message = gettext_noop("The legal representative has to be known first.")


class PhoneCodeTooSoon(Refused):
    status = 429
    code = "phone_code_too_soon"
    message = gettext_noop("A code was sent a moment ago. Please wait {seconds} seconds.")


class PhoneCodeTooMany(Refused):
    status = 429
    code = "phone_code_too_many"
    message = gettext_noop("Those were many codes for one day. Please try again tomorrow.")


class PhoneCodeExpired(Refused):
    code = "phone_code_expired"
    message = gettext_noop("This code is no longer valid. Please have a new one sent.")


class PhoneCodeWrong(Refused):
    code = "phone_code_wrong"
    message = gettext_noop("The code is not right. {left} more tries with this one.")


class MessageNotTaken(Unavailable):
    code = "message_not_taken"
    message = gettext_noop("The text message could not be sent. Please try again in a moment.")


class BadAttachment(Invalid):
    code = "attachment_invalid"
    message = gettext_noop("This file is neither a JPEG, PNG or WebP photo nor a PDF.")


class AttachmentTooLarge(Invalid):
    status = 413
    code = "attachment_too_large"
    message = gettext_noop("The file is larger than {limit_mb} MB. Please take a smaller photo.")


class AttachmentsTooMany(Refused):
    code = "attachments_too_many"
    message = gettext_noop("More than {most} files: please ask us before sending more.")


class AttachmentNotFound(NotFound):
    message = gettext_noop("There is no such file.")


class AttachmentKeyUsed(Conflict):
    code = "attachment_key_used"
    message = gettext_noop("Another file was sent under this number before.")
