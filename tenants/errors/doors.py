"""Who may come in: keys, signatures, visits, members."""

from platform_app.kernel.errors import (
    Conflict,
    DomainError,
    Forbidden,
    Invalid,
    Unavailable,
    gettext_noop,
)


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
