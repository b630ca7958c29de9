"""What risk refuses to do."""

from platform_app.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused, gettext_noop


class InvalidFacts(Invalid):
    """A fact has the wrong type. Missing is allowed; "45" for 45 is not."""

    code = "invalid_facts"
    message = gettext_noop("The fact {fact} has the wrong type.")


class InvalidScorecard(Invalid):
    """The body of a scorecard breaks its own rules."""

    code = "invalid_scorecard"
    message = gettext_noop("The scorecard is not valid: {problem}.")


class InvalidPolicy(Invalid):
    """The body of a policy breaks its own rules."""

    code = "invalid_policy"
    message = gettext_noop("The policy is not valid: {problem}.")


class PolicyFindings(Invalid):
    """The tables leave cases open or have rows nothing reaches; `findings` lists them as JSON."""

    code = "policy_findings"
    message = gettext_noop("The policy cannot be published, findings to settle: {count}.")


class PolicyNotFound(NotFound):
    """No such policy, or it belongs to somebody else."""

    code = "policy_not_found"
    message = gettext_noop("There is no policy with this id.")


class PolicyStatus(Conflict):
    """The policy stands elsewhere in its life than the act needs."""

    code = "policy_status"
    message = gettext_noop("In its present state the policy does not allow this.")


class NotYourDraft(Forbidden):
    """A draft is edited by whoever drafted it, so that the others may agree to it."""

    code = "not_your_draft"
    message = gettext_noop("Only the person who drafted it edits it. Draft a version of your own.")


class BackTestNeeded(Conflict):
    """No back-test of this very policy against the one in force is kept."""

    code = "backtest_needed"
    message = gettext_noop("Run the back-test against the policy in force first.")


class ShadowTooShort(Conflict):
    """The shadow has not run long enough, and nobody has signed that it may be shorter."""

    code = "shadow_too_short"
    message = gettext_noop(
        "It has run in shadow for {days} of {needed} days. Wait, or have a waiver signed."
    )


class FloorsChanged(Conflict):
    """A floor came into force, or went, after this version was validated."""

    code = "floors_changed"
    message = gettext_noop(
        "The floors under this policy have changed since. Draft a version from this one."
    )


class FloorNotFound(NotFound):
    """No such floor."""

    code = "floor_not_found"
    message = gettext_noop("There is no floor with this id.")


class FloorDecided(Conflict):
    """Somebody has approved or rejected this floor already."""

    code = "floor_decided"
    message = gettext_noop("This floor has been decided already.")


class NothingToRevert(Conflict):
    """The policy in force took nobody's place."""

    code = "nothing_to_revert"
    message = gettext_noop("There is no former policy to go back to.")


class NoChampion(Conflict):
    """The tenant has no scorecard or policy in force."""

    code = "no_policy_in_force"
    message = gettext_noop("No policy is in force for this platform yet.")


class ExposureFull(Refused):
    """The cap on what may be out at once has no room for this amount."""

    code = "exposure_full"
    message = gettext_noop("The funding available to this platform is used up for now.")


class EntityLimitReached(ExposureFull):
    """The legal entity's cap over all tenants has no room. It never says where the rest is."""

    code = "entity_limit_reached"
    message = gettext_noop("The limit is reached.")


class NothingReserved(Conflict):
    """More was to be released than the slice holds."""

    code = "nothing_reserved"
    message = gettext_noop("There is less reserved than was to be released.")


class CannotFit(Invalid):
    """The data give no scorecard."""

    code = "cannot_fit"
    message = gettext_noop("No scorecard can be fitted: {problem}.")


class TooFewCases(CannotFit):
    """Fewer bad cases have matured than this rung of the ladder asks for."""

    code = "too_few_cases"
    message = gettext_noop("{bad} bad cases have matured here, {needed} are needed.")


class TooFewOfAKind(CannotFit):
    """There are too few good or too few bad cases to fit or to judge by."""

    code = "too_few_of_a_kind"
    message = gettext_noop("At least {least} good and {least} bad matured cases are needed.")


class PooledCardFirst(CannotFit):
    """An expert's card is followed by a pooled one, not moved."""

    code = "pooled_card_first"
    message = gettext_noop("The card in force is an expert's. A pooled card comes first.")


class OwnCardLoses(CannotFit):
    """Held-out cases do not speak for a card of the platform's own."""

    code = "own_card_loses"
    message = gettext_noop(
        "A card of its own does not win on later cases: log-loss {log_loss} against "
        "{log_loss_now}, PD to actual {pd_ratio} against {pd_ratio_now}."
    )


class ChallengerNeverDecides(Conflict):
    """Trees run in shadow; a card decides."""

    code = "challenger_never_decides"
    message = gettext_noop("A challenger of trees never decides. It is only compared.")


class ScorecardNotFound(NotFound):
    """No such scorecard, or it belongs to somebody else."""

    code = "scorecard_not_found"
    message = gettext_noop("There is no scorecard with this id.")


class ScorecardStatus(Conflict):
    """The scorecard stands elsewhere in its life than the act needs."""

    code = "scorecard_status"
    message = gettext_noop("In its present state the scorecard does not allow this.")


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
