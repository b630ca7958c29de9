"""Refusals of call-backs."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, gettext_noop


class FollowUpNotFound(NotFound):
    message = gettext_noop("There is no call-back with this id.")


class SlotNotOffered(Invalid):
    code = "slot_not_offered"
    message = gettext_noop("This time cannot be chosen any more. Please choose another one.")


class SlotFull(Conflict):
    code = "slot_full"
    message = gettext_noop("This time has just been taken. Please choose another one.")


class FollowUpNotBooked(Conflict):
    code = "follow_up_not_booked"
    message = gettext_noop("This call-back is not booked any more.")


class CapacityTaken(Invalid):
    code = "capacity_taken"
    message = gettext_noop("{taken} merchants have chosen this time already.")
