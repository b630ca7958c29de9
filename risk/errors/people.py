"""What people find, are told and try: lists, alarms, reports, runs, experiments."""

from platform_app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, gettext_noop


class OtherPersonNeeded(Forbidden):
    """Whoever drafted it does not validate or approve it, and nobody approves twice."""

    code = "other_person_needed"
    message = gettext_noop("You have had your say in this. Another person has to decide.")


class WhyNeeded(Invalid):
    """An act that has to be explained was not."""

    code = "why_needed"
    message = gettext_noop("Please say why, in a few words.")


class OverrideLimit(Invalid):
    """A reviewer's limit outside of what a person may grant; amounts in fen."""

    code = "override_limit"
    message = gettext_noop(
        "The limit must lie between ¥{lowest} and ¥{highest}, in steps of ¥{step}."
    )


class AlarmNotFound(NotFound):
    """No such alarm, or it belongs to somebody else."""

    code = "alarm_not_found"
    message = gettext_noop("There is no alarm with this id.")


class AlarmIsClosed(Conflict):
    """The alarm was closed before; what is wrong again opens another one."""

    code = "alarm_is_closed"
    message = gettext_noop("The alarm is closed already.")


class InvalidMonitorRule(Invalid):
    """The limit is not one the metric can have."""

    code = "invalid_monitor_rule"
    message = gettext_noop("The limit must lie between {low} and {high}.")


class WatchEntryNotFound(NotFound):
    """No such entry, or it belongs to somebody else."""

    code = "watch_entry_not_found"
    message = gettext_noop("There is no such entry on a list.")


class WatchEntryEnded(Conflict):
    """The entry is off the list."""

    code = "watch_entry_ended"
    message = gettext_noop("The merchant is off this list already.")


class WatchPeriod(Invalid):
    """An entry that would never end, or has ended before it begins."""

    code = "watch_period"
    message = gettext_noop("An entry ends after one day at least and {days} days at most.")


class ReportSourceInvalid(Invalid):
    """A source that could not be asked."""

    code = "report_source_invalid"
    message = gettext_noop("The source cannot be connected like this: {reason}.")


class ReportConsentMissing(Refused):
    """The merchant has not agreed to being asked about, or no longer does."""

    code = "report_consent_missing"
    message = gettext_noop("The merchant has not agreed to a credit bureau query.")


class ScoreRunNotFound(NotFound):
    """No such run, or it belongs to somebody else."""

    code = "score_run_not_found"
    message = gettext_noop("There is no such score run.")


class ScoreRunStands(Conflict):
    """The run stands elsewhere in its life than the act needs."""

    code = "score_run_stands"
    message = gettext_noop("The score run is {status}.")


class ScoreRunBroken(Conflict):
    """What lies in the table is not what the chunks wrote."""

    code = "score_run_broken"
    message = gettext_noop("The score run does not add up: {problem}.")


class ExperimentNotFound(NotFound):
    """No such experiment, or it belongs to somebody else."""

    code = "experiment_not_found"
    message = gettext_noop("There is no experiment with this id.")


class ExperimentStatusWrong(Conflict):
    """The experiment stands elsewhere in its life than the act needs."""

    code = "experiment_status"
    message = gettext_noop("In its present state the experiment does not allow this.")


class ExperimentRuns(Conflict):
    """Two experiments at once would blur each other."""

    code = "experiment_runs"
    message = gettext_noop("Another experiment is running. Stop it first.")


class InvalidExperiment(Invalid):
    """Arms, shares, dates or limits that make no experiment."""

    code = "invalid_experiment"
    message = gettext_noop("This makes no experiment: {problem}.")


class ArmNotReady(Conflict):
    """A version that may not decide, not even for a share."""

    code = "arm_not_ready"
    message = gettext_noop(
        "The version of an arm must be validated under today's floors, and a policy back-tested "
        "against the one in force."
    )


class FindingNotFound(NotFound):
    """No such finding, or it belongs to somebody else."""

    code = "finding_not_found"
    message = gettext_noop("There is no finding with this id.")


class FindingDecided(Conflict):
    """Somebody has confirmed or dismissed it."""

    code = "finding_decided"
    message = gettext_noop("Somebody has decided this finding already.")
