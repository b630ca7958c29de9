"""What a policy, its floors and its exposure refuse."""

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


class CapChangeNotFound(NotFound):
    """No such change of a cap."""

    code = "cap_change_not_found"
    message = gettext_noop("There is no change of a cap with this id.")


class CapChangeDecided(Conflict):
    """Somebody has approved or rejected this change already, or a lower cap took its place."""

    code = "cap_change_decided"
    message = gettext_noop("This change of a cap has been decided already.")


class CapChangeOpen(Conflict):
    """A higher cap is proposed for this entity already."""

    code = "cap_change_open"
    message = gettext_noop("A higher cap is proposed for this company already. Decide that first.")


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
