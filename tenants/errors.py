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


class BadSm2Key(Invalid):
    code = "public_key_invalid"
    message = gettext_noop("This is not an SM2 public key (curve sm2p256v1) in PEM form.")


class AlgorithmNotOffered(Invalid):
    code = "algorithm_not_offered"
    message = gettext_noop("Keys of {algorithm} are not offered here. Ask us to switch them on.")


class BadIpRange(Invalid):
    code = "ip_range_invalid"
    message = gettext_noop(
        "“{text}” is neither an IP address nor a range such as 203.0.113.0/24 (bits behind the "
        "mask are zero)."
    )


class TooManyIpRanges(Invalid):
    code = "ip_ranges_too_many"
    message = gettext_noop("A key takes at most {limit} addresses and ranges.")


class KeyEnded(Conflict):
    code = "key_ended"
    message = gettext_noop("This key is revoked or over: create a new one instead.")


class KeyRotated(Conflict):
    code = "key_rotated"
    message = gettext_noop("This key has a successor already. Rotate that one.")


class KeyKindWrong(Conflict):
    code = "key_kind_wrong"
    message = gettext_noop(
        "A shared secret is rotated without a public key, a key pair with the new public key."
    )


class OverlapTooShort(Invalid):
    code = "overlap_too_short"
    message = gettext_noop(
        "Old and new key stay in force together for at least {days} days. Revoke the old key if it "
        "must end sooner."
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


class SchemeNotOffered(Unauthenticated):
    code = "scheme_not_offered"
    message = gettext_noop("Requests signed with {scheme} are not accepted here.")


class IpNotAllowed(Forbidden):
    code = "ip_not_allowed"
    message = gettext_noop("This key may not be used from the address {address}.")


class TestModeOnly(Forbidden):
    code = "test_mode_only"
    message = gettext_noop("This is there in test mode only.")


class KeyWaiting(Unauthenticated):
    code = "key_waiting"
    message = gettext_noop("This key opens nothing yet: a second person has to agree to it.")


class TimestampStale(Unauthenticated):
    code = "timestamp_stale"
    message = gettext_noop("The timestamp is more than 300 seconds away from our clock.")


class SignatureInvalid(Unauthenticated):
    code = "signature_invalid"
    message = gettext_noop(
        "The signature does not match the method, path, timestamp, nonce and body we received."
    )
    members = ("canonical_sha256", "body_sha256", "body_length")


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


class NobodyListens(Conflict):
    code = "nobody_listens"
    message = gettext_noop("No endpoint that is switched on asks for this event.")


class ReplayRunning(Conflict):
    code = "replay_running"
    message = gettext_noop("Another replay to this endpoint is still running. Wait until it ends.")


class ReplayTooLarge(Invalid):
    code = "replay_too_large"
    message = gettext_noop(
        "At most {days} days and {most} events are replayed at once. Choose a shorter time."
    )


class TestOnly(Forbidden):
    """Something only a sandbox offers was asked of a live platform."""

    __test__ = False  # a business word, not a class of tests
    code = "test_only"
    message = gettext_noop("This works in a sandbox only: sign with a test key.")


class LiveOnly(Refused):
    code = "live_only"
    message = gettext_noop("A sandbox is opened from the live platform, not from a sandbox.")


class ClockNotFound(NotFound):
    message = gettext_noop("There is no test clock with this id.")


class ClockMissing(Conflict):
    code = "clock_missing"
    message = gettext_noop("This sandbox has no test clock yet. Create one first.")


class ClockExists(Conflict):
    code = "clock_exists"
    message = gettext_noop(
        "This sandbox has a test clock already: a sandbox has one day at a time."
    )


class ClockAdvancing(Conflict):
    code = "clock_advancing"
    message = gettext_noop("The test clock is advancing. Wait until it is ready.")


class ClockBackwards(Invalid):
    code = "clock_backwards"
    message = gettext_noop("A test clock only moves forward: it shows {now} already.")


class ClockTooFar(Invalid):
    code = "clock_too_far"
    message = gettext_noop("A test clock advances {most_days} days at once at most.")


class NothingToSimulate(Conflict):
    code = "nothing_to_simulate"
    message = gettext_noop("This merchant has nothing that this could happen to.")


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
