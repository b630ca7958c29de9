"""What an invitation says, how a merchant is called before others, and what a reward may be."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from campaigns.enums import ReferralReason
from campaigns.errors import (
    InvitationCapReached,
    InvitationInvalid,
    InvitationSameFirm,
    InviteeBrought,
    InviteeKnown,
    InviterNotInStanding,
)
from platform_app.kernel.errors import DomainError

PARAMETER: Final = "bt_inv"
VERSION: Final = "1"
_TOKEN: Final = re.compile(r"1\.(rlk_[0-9a-z]{26})\.([0-9]{10})\.([0-9a-f]{32})")
_SHORT: Final = 2

# Refused at the door: the merchant may come with an invitation again, and is judged again.
AT_THE_DOOR: Final = {
    ReferralReason.KNOWN: InviteeKnown,
    ReferralReason.BROUGHT: InviteeBrought,
    ReferralReason.CAP: InvitationCapReached,
    ReferralReason.STANDING: InviterNotInStanding,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """What a link says: which one it is, until when (Unix seconds), and the proof."""

    link_id: str
    expires: int
    proof: str = ""

    @property
    def said(self) -> str:
        """What the proof is over."""
        return f"{VERSION}.{self.link_id}.{self.expires}"

    def __str__(self) -> str:
        return f"{self.said}.{self.proof}"


def read_invitation(text: str) -> Invitation:
    """The parts of a token; whether it is genuine is another question. Raises InvitationInvalid."""
    match = _TOKEN.fullmatch(text.strip())
    if match is None:
        raise InvitationInvalid(field="invitation_token")
    link_id, expires, proof = match.groups()
    return Invitation(link_id=link_id, expires=int(expires), proof=proof)


def refusal_of(reason: str) -> DomainError:
    """What a visit is told about an invitation that does not count."""
    kind = AT_THE_DOOR.get(ReferralReason(reason), InvitationSameFirm)
    return kind(field="invitation_token")


def masked_firm(name: str) -> str:
    """`示例宠物店` → `示**店`: enough for whoever knows the shop, and nothing for others."""
    words = name.strip()
    return f"{words[:1]}**{words[-1:] if len(words) > _SHORT else ''}"


def first_of_month(day: date) -> date:
    """The day on which the count of a month begins."""
    return day.replace(day=1)
