"""Platforms and what is connected to them: files, webhooks, sandboxes and their clocks."""

from platform_app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, gettext_noop


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


class BadFileKind(Invalid):
    code = "file_kind"
    message = gettext_noop("Upload a .csv or .csv.gz file.")


class FileTooLarge(Invalid):
    status = 413
    code = "file_too_large"
    message = gettext_noop("The file is larger than {limit_mb} MB. Split it, or compress it.")


class BadUrl(Invalid):
    code = "url_not_allowed"
    message = gettext_noop("The address must be https and reachable on the public internet.")


class BadEventName(Invalid):
    code = "event_name_invalid"
    message = gettext_noop("“{name}” is not an event name such as credit.drawdown.captured.")


class EndpointsTooMany(Conflict):
    code = "endpoints_too_many"
    message = gettext_noop("A platform has {most} active endpoints at most. Switch one off first.")


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
