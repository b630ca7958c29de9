"""The state table of the merchant pages: what every state shows, in one place.

Each stage has a section, a badge, a main button and the line that says who is to act by when.
"""

from dataclasses import dataclass
from typing import Final

from platform_app.kernel.errors import gettext_noop


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The words of one state, as msgids; `{until}`, `{days}`, `{percent}`, `{left}` and `{minutes}`
    are filled in when shown. `actor` is who has to act: `merchant`, `us`, or nobody.
    """

    section: str
    badge: str
    button: str
    next_line: str
    actor: str = "merchant"
    tone: str = "calm"


STAGES: Final[dict[str, Stage]] = {
    "none": Stage(
        section="onboarding",
        badge=gettext_noop("Open for application"),
        button=gettext_noop("See what is available"),
        next_line=gettext_noop("You: about three minutes, nothing is charged"),
    ),
    "draft": Stage(
        section="onboarding",
        badge=gettext_noop("Filled in: {percent}%"),
        button=gettext_noop("Go on with the application"),
        next_line=gettext_noop("You: {left} to go, about {minutes} min"),
    ),
    "submitted": Stage(
        section="onboarding",
        badge=gettext_noop("Being checked"),
        button=gettext_noop("See the progress"),
        next_line=gettext_noop("The system: usually one to three minutes"),
        actor="us",
    ),
    "in_review": Stage(
        section="onboarding",
        badge=gettext_noop("Manual review"),
        button=gettext_noop("See the progress"),
        next_line=gettext_noop("A reviewer: expected to answer by {until} 18:00"),
        actor="us",
    ),
    "action_required": Stage(
        section="onboarding",
        badge=gettext_noop("Something is missing"),
        button=gettext_noop("Hand it in"),
        next_line=gettext_noop("You: please hand in what the reviewer asks for by {until}"),
        tone="warn",
    ),
    "approved": Stage(
        section="offer",
        badge=gettext_noop("Approved"),
        button=gettext_noop("See the offer"),
        next_line=gettext_noop("You: the offer is valid until {until}"),
        tone="good",
    ),
    "declined": Stage(
        section="onboarding",
        badge=gettext_noop("Not approved this time"),
        button=gettext_noop("See what would help"),
        next_line=gettext_noop("You can apply again from {until}"),
        tone="muted",
    ),
    "active": Stage(
        section="servicing",
        badge=gettext_noop("In use"),
        button=gettext_noop("Pay an order"),
        next_line=gettext_noop("You: choose “pay later” when you place an order"),
        tone="good",
    ),
    "suspended": Stage(
        section="servicing",
        badge=gettext_noop("Suspended"),
        button=gettext_noop("See the reason"),
        next_line=gettext_noop("We and the lender: drawing is paused, repaying works as usual"),
        actor="us",
        tone="warn",
    ),
    "in_grace": Stage(
        section="servicing",
        badge=gettext_noop("Grace period"),
        button=gettext_noop("Repay now"),
        next_line=gettext_noop("You: repaid by {until} 24:00 it does not count as overdue"),
        tone="warn",
    ),
    "overdue": Stage(
        section="servicing",
        badge=gettext_noop("Overdue, day {days}"),
        button=gettext_noop("Repay now"),
        next_line=gettext_noop("You: after repaying, the line opens again at once"),
        tone="bad",
    ),
    "expired": Stage(
        section="onboarding",
        badge=gettext_noop("Lapsed"),
        button=gettext_noop("Apply again"),
        next_line=gettext_noop(
            "You: apply again whenever it suits you; what you handed in is kept"
        ),
        tone="muted",
    ),
    "withdrawn": Stage(
        section="onboarding",
        badge=gettext_noop("Withdrawn by you"),
        button=gettext_noop("Apply again"),
        next_line=gettext_noop("You: nothing was refused; you can apply again at any time"),
        tone="muted",
    ),
    "closed": Stage(
        section="onboarding",
        badge=gettext_noop("Line closed"),
        button=gettext_noop("Apply again"),
        next_line=gettext_noop("You: a new application opens a new line"),
        tone="muted",
    ),
}
