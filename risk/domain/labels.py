"""What a bad case is: dated, hashed, and the same for training, monitoring and comparison.

A row is what one merchant drew in one month (a cohort). It is bad when it was ever 30 days past due
or more until 60 days after its last due date, indeterminate from 8 to 29, good below. A period of
grace changes fees and collection, not days past due.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

from risk.domain.canonical import sha256
from risk.domain.monitors import BAD_FROM_DPD, HORIZON_DAYS, INDETERMINATE_FROM_DPD
from risk.enums import WatchReason

GOOD: Final = 0
BAD: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelDef:
    """One definition, in use from a day on.

    `horizon_days` after the last due date is also how long a cohort takes to mature. Merchants
    blocked for one of the `exclusions` (fraud, dispute, closed by the platform) teach nothing of
    who pays late.
    """

    version: int
    from_on: date
    bad_from_dpd: int
    indeterminate_from_dpd: int
    horizon_days: int
    exclusions: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The hash of everything in it."""
        return sha256(asdict(self) | {"from_on": self.from_on.isoformat()})

    def label_of(self, worst_dpd_days: int) -> int | None:
        """1 for bad, 0 for good, None for indeterminate."""
        if worst_dpd_days >= self.bad_from_dpd:
            return BAD
        return None if worst_dpd_days >= self.indeterminate_from_dpd else GOOD


LABELS: Final = (
    LabelDef(
        version=1,
        from_on=date(2024, 1, 1),
        bad_from_dpd=BAD_FROM_DPD,
        indeterminate_from_dpd=INDETERMINATE_FROM_DPD,
        horizon_days=HORIZON_DAYS,
        exclusions=(
            str(WatchReason.SELF_TRADE),
            str(WatchReason.ORGANIZED),
            str(WatchReason.IDENTITY),
            str(WatchReason.DISPUTE),
            str(WatchReason.PLATFORM),
        ),
    ),
)


def label_def(on: date) -> LabelDef:
    """The definition in use on a day; before the first one there is that one."""
    known = [one for one in LABELS if one.from_on <= on]
    return max(known, key=lambda one: one.from_on) if known else LABELS[0]
