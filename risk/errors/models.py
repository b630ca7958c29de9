"""What cards and models refuse."""

from platform_app.kernel.errors import Conflict, Invalid, NotFound, gettext_noop


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
