"""The lender of every sandbox: pays what it is told to, in memory that all processes share.

It forgets after a month; asked then it never received the key, and being sent the same key again
it pays again, which moves nothing.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.core.cache import cache
from redis.exceptions import RedisError

from credit.enums import FundingOutcome
from credit.gateways.funding import FundingAnswer, FundingOrder
from tenants.enums import MagicWord
from tenants.queries.sandboxes import times_out

REMEMBERED: Final = int(timedelta(days=30).total_seconds())
_DOWN: Final = FundingAnswer(FundingOutcome.UNKNOWN, detail="time-out")


@dataclass(frozen=True, slots=True)
class SandboxFunding:
    """One that fails, or pays without answering, where a name or an amount asks for it."""

    def request(self, order: FundingOrder) -> FundingAnswer:
        fails = order.word is MagicWord.FUNDER_FAIL
        outcome = FundingOutcome.FAILED if fails else FundingOutcome.FUNDED
        try:
            is_new = cache.add(_key(order.key), str(outcome), REMEMBERED)
        except RedisError:
            return _DOWN
        is_silent = order.word is MagicWord.FUNDER_TIMEOUT or times_out(order.amount_minor)
        return _DOWN if is_new and is_silent and not fails else self.ask(order.key)

    def ask(self, key: str) -> FundingAnswer:
        try:
            known = cache.get(_key(key))
        except RedisError:
            return _DOWN
        if known is None:
            return FundingAnswer(FundingOutcome.NOT_FOUND)
        if known == FundingOutcome.FAILED:
            return FundingAnswer(FundingOutcome.FAILED, detail="account_closed")
        return FundingAnswer(FundingOutcome.FUNDED, reference=f"TEST-{key[-12:]}")


def _key(key: str) -> str:
    return f"sandbox-funding:{key}"
