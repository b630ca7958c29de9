"""How merchants behave in a replay: stated, seeded, and the same however often it is interrupted.

Nothing here draws from a running random generator. Every choice is a hash of the seed, the name of
the choice and the thing it is about, so a replay that stops and goes on makes the same choices.

Stated model. Each merchant has a latent quality q in [0, 1). A row of a plan is paid

* early (the whole drawdown, 5 to 20 days before the due date): 10 %
* in grace (1 to `grace_days` days after the due date): 6 %
* late (5 to 45 days after the due date): 1.5 % + 6.5 % × (1 − q)
* never: 0.2 % + 2.3 % × (1 − q)², and nothing of that drawdown after that row
* on time (on the due date): the rest

An eligible order is drawn in 80 % of cases, shipped the same day (70 %) or one or two days later;
4 % of shipments come back in part before they are captured, 2 % of orders are canceled.
"""

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta

DRAW_SHARE = 0.80
CANCEL_SHARE = 0.02
PART_SHARE = 0.04
SAME_DAY_SHARE = 0.70
ROUND_UP_SHARE = 0.03


@dataclass(frozen=True, slots=True)
class Behavior:
    """The choices of one seeded world."""

    seed: int

    def chance(self, *about: object) -> float:
        """A number in [0, 1) that depends on nothing but the seed and what it is about."""
        text = "|".join(str(part) for part in (self.seed, *about))
        digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def draws(self, order_no: str) -> bool:
        return self.chance("draw", order_no) < DRAW_SHARE

    def option(self, order_no: str, codes: list[str]) -> str:
        return codes[int(self.chance("option", order_no) * len(codes))]

    def is_canceled(self, order_no: str) -> bool:
        return self.chance("cancel", order_no) < CANCEL_SHARE

    def ships_after(self, order_no: str) -> int:
        """Days from the order to its shipment: 0, 1 or 2."""
        chance = self.chance("ship", order_no)
        return 0 if chance < SAME_DAY_SHARE else 1 + int(2 * (chance - SAME_DAY_SHARE) / 0.3)

    def shipped_minor(self, order_no: str, amount_minor: int) -> int:
        """What is captured: all of it, or for a few orders between 50 and 95 percent."""
        if self.chance("part", order_no) >= PART_SHARE:
            return amount_minor
        percent = 50 + int(self.chance("part share", order_no) * 46)
        return max(1, amount_minor * percent // 100)

    def pays_on(
        self, merchant_no: str, order_no: str, seq: int, due_on: date, grace_days: int
    ) -> date | None:
        """The day on which this row is paid; None for never."""
        bad = 1 - self.chance("quality", merchant_no)
        chance = self.chance("pay", order_no, seq)
        spread = self.chance("pay day", order_no, seq)
        if (chance := chance - (0.002 + 0.023 * bad * bad)) < 0:
            return None
        if (chance := chance - (0.015 + 0.065 * bad)) < 0:
            return due_on + timedelta(days=5 + int(41 * spread))
        if (chance := chance - 0.06) < 0:
            return due_on + timedelta(days=1 + int(max(1, grace_days) * spread))
        if chance - 0.10 < 0:
            return due_on - timedelta(days=5 + int(16 * spread))
        return due_on

    def is_early(self, pays_on: date, due_on: date) -> bool:
        return pays_on < due_on

    def rounds_up(self, order_no: str, seq: int) -> bool:
        """A few payers send the next whole yuan: the rest waits as overpayment."""
        return self.chance("round", order_no, seq) < ROUND_UP_SHARE
