"""Face checks."""

from platform_app.kernel.errors import (
    Conflict,
    NotFound,
    Refused,
    Unavailable,
    gettext_noop,
)
from tenants.errors.doors import Unauthenticated


class FaceCheckNeeded(Refused):
    code = "face_check_needed"
    message = gettext_noop("A face check comes before signing this.")


class FaceChecksTooMany(Refused):
    code = "face_checks_too_many"
    message = gettext_noop("Those were many face checks for one day. Please try again tomorrow.")


class FaceCheckDown(Unavailable):
    code = "face_check_down"
    message = gettext_noop("The face check cannot be started. Please try again in a moment.")


class FaceConsentMissing(Refused):
    code = "face_consent_missing"
    message = gettext_noop("A face check needs a consent of its own. Nothing was started.")


class IdentityReviewNotFound(NotFound):
    code = "identity_review_not_found"
    message = gettext_noop("No request to be confirmed by a person has this id.")


class IdentityReviewOver(Conflict):
    code = "identity_review_over"
    message = gettext_noop(
        "This request is over: answered, taken back, too old, or of a name or number that has"
        " changed. The merchant can ask again."
    )


class CallbackSignatureInvalid(Unauthenticated):
    code = "callback_signature_invalid"
    message = gettext_noop(
        "The callback is not signed with our secret over exactly this timestamp, path and body."
    )


class CallbackStale(Unauthenticated):
    code = "callback_stale"
    message = gettext_noop(
        "The callback's timestamp is more than 300 seconds away from our clock. Sign it anew."
    )


class FaceReferenceUnknown(NotFound):
    code = "face_reference_unknown"
    message = gettext_noop("No face check of this platform has this reference.")


class FaceResultConflict(Conflict):
    code = "face_result_conflict"
    message = gettext_noop("This face check has ended as “{status}”; the first result stands.")
