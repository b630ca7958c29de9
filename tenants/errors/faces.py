"""Face checks."""

from platform_app.kernel.errors import Refused, Unavailable, gettext_noop


class FaceCheckNeeded(Refused):
    code = "face_check_needed"
    message = gettext_noop("A face check comes before signing this.")


class FaceChecksTooMany(Refused):
    code = "face_checks_too_many"
    message = gettext_noop("Those were many face checks for one day. Please try again tomorrow.")


class FaceCheckDown(Unavailable):
    code = "face_check_down"
    message = gettext_noop("The face check cannot be started. Please try again in a moment.")
