"""Everything tenants refuses, with the stable code a partner sees."""

from platform_app.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    ReasonNeeded,
    Refused,
    Unavailable,
    gettext_noop,
)


class UnknownVertical(Invalid):
    code = "vertical_unknown"
    message = gettext_noop("There is no preset for the trade “{key}”.")


class SlugTaken(Conflict):
    code = "slug_taken"
    message = gettext_noop("Another platform already uses the short name “{slug}”.")


class BadOrigin(Invalid):
    code = "origin_invalid"
    message = gettext_noop(
        "“{origin}” is not an origin such as https://shop.example (http only for this machine)."
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


class BadFileKind(Invalid):
    code = "file_kind"
    message = gettext_noop("Upload a .csv or .csv.gz file.")


class FileTooLarge(Invalid):
    status = 413
    code = "file_too_large"
    message = gettext_noop("The file is larger than {limit_mb} MB. Split it, or compress it.")


class ConsentNotGiven(Conflict):
    code = "consent_not_given"
    message = gettext_noop("This consent has not been given, so it cannot be withdrawn.")


class UnknownScope(Invalid):
    code = "scope_unknown"
    message = gettext_noop("Choose at least one of the listed scopes for the key.")


class BadPublicKey(Invalid):
    code = "public_key_invalid"
    message = gettext_noop("This is not an RSA public key of at least 2048 bits in PEM form.")


class PrivateKeyPasted(Invalid):
    code = "private_key_pasted"
    message = gettext_noop(
        "This is a private key. Never send it to anybody: create a new pair, paste the public key."
    )


class Unauthenticated(DomainError):
    """Who is calling could not be established."""

    status = 401


class SignatureMissing(Unauthenticated):
    code = "signature_missing"
    message = gettext_noop("The request carries no Authorization header with a signature.")


class SignatureMalformed(Unauthenticated):
    code = "signature_malformed"
    message = gettext_noop("The Authorization header cannot be read: {why}")


class KeyUnknown(Unauthenticated):
    code = "key_unknown"
    message = gettext_noop("There is no key with this key_id for this scheme.")


class KeyRevoked(Unauthenticated):
    code = "key_revoked"
    message = gettext_noop("This key is revoked or outside its dates.")


class TimestampStale(Unauthenticated):
    code = "timestamp_stale"
    message = gettext_noop("The timestamp is more than 300 seconds away from our clock.")


class SignatureInvalid(Unauthenticated):
    code = "signature_invalid"
    message = gettext_noop(
        "The signature does not match the method, path, timestamp, nonce and body we received."
    )


class SignatureReplayed(Unauthenticated):
    code = "signature_replayed"
    message = gettext_noop("This nonce was used before. Sign every request with a fresh one.")


class NonceStoreDown(Unavailable):
    """Without the nonce store a replay could not be told from a first request."""


class ScopeMissing(Forbidden):
    code = "scope_missing"
    message = gettext_noop("This key may not do this: it lacks the scope “{scope}”.")


class TenantSuspended(Forbidden):
    code = "tenant_suspended"
    message = gettext_noop("Cooperation with this platform is suspended.")


class OriginNotAllowed(Invalid):
    code = "origin_not_allowed"
    message = gettext_noop("This address is not among the platform's allowed origins.")


class SessionUnknown(Unauthenticated):
    code = "session_unknown"
    message = gettext_noop("Please open this page again from the platform.")


class SessionUsed(DomainError):
    status = 410
    code = "session_used"
    message = gettext_noop("This link was already used. Please open the page again.")


class SessionExpired(DomainError):
    status = 410
    code = "session_expired"
    message = gettext_noop("This page was open for too long. Please open it again.")


class EmailTaken(Conflict):
    code = "email_taken"
    message = gettext_noop("Somebody with this email address already has a login.")


class RoleMismatch(Invalid):
    code = "role_mismatch"
    message = gettext_noop("Our own staff belong to no platform; everybody else to exactly one.")


class WeakPassword(Invalid):
    code = "password_weak"
    message = gettext_noop("Choose a longer, less common password of at least 12 characters.")


class LoginFailed(Unauthenticated):
    code = "login_failed"
    message = gettext_noop(
        "The email address or password is wrong. After five failures the login rests 15 minutes."
    )


class CodeRefused(Unauthenticated):
    code = "totp_refused"
    message = gettext_noop("This one-time code is wrong or was used. Wait for the next one.")


class TotpEnrolled(Conflict):
    code = "totp_enrolled"
    message = gettext_noop("Two-step login is already set up.")


class BadUrl(Invalid):
    code = "url_not_allowed"
    message = gettext_noop("The address must be https and reachable on the public internet.")


class BadEventName(Invalid):
    code = "event_name_invalid"
    message = gettext_noop("“{name}” is not an event name such as credit.drawdown.captured.")


class EndpointDisabled(Conflict):
    code = "endpoint_disabled"
    message = gettext_noop("This endpoint is switched off. Switch it on first.")


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
