"""The evidence for a policy as a person reads it: its back-test, its shadow, what its gate asks."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from platform_app.kernel.money import format_yuan
from risk.enums import PolicyApprovalKind, VersionStatus
from risk.models import PolicyBackTest
from risk.operations.policy_life import APPROVERS, SHADOW
from risk.queries.policies import PolicyView
from risk.queries.shadow import Compared
from tenants.models import Merchant

KINDS: Final = {
    "size": gettext_lazy("By size"),
    "grade": gettext_lazy("By grade"),
    "category": gettext_lazy("By category"),
    "term": gettext_lazy("By term"),
}
_SIZES: Final = {
    "1_under_100k": gettext_lazy("under ¥100,000 a year"),
    "2_100k_500k": gettext_lazy("¥100,000 to ¥500,000"),
    "3_500k_2m": gettext_lazy("¥500,000 to ¥2 million"),
    "4_2m_10m": gettext_lazy("¥2 million to ¥10 million"),
    "5_over_10m": gettext_lazy("¥10 million and more"),
}
SHOWN_LOSERS: Final = 20


def backtest_in_words(kept: PolicyBackTest, kind: str) -> dict[str, Any]:
    """Figures, segments of one kind, their picture, and the losers by name."""
    summary = kept.summary
    chosen = kind if kind in KINDS else "size"
    segments = [
        {"name": _segment(chosen, one["name"]), "move": _move(one["move"])}
        for one in summary["segments"]
        if one["kind"] == chosen
    ]
    losers = summary["losers"][:SHOWN_LOSERS]
    names = dict(
        Merchant.objects.filter(pk__in=[one["merchant_id"] for one in losers]).values_list(
            "id", "name"
        )
    )
    return {
        "total": _move(summary["total"]),
        "moved": _signed(summary["total"]),
        "kinds": [
            (name, label)
            for name, label in KINDS.items()
            if name != "term" or name in {one["kind"] for one in summary["segments"]}
        ],
        "kind": chosen,
        "segments": segments,
        "chart": _chart(segments) if segments else None,
        "losers": [one | {"name": names.get(one["merchant_id"], "")} for one in losers],
        "losers_count": summary["losers_count"],
    }


def _move(found: dict[str, int]) -> dict[str, Any]:
    """With the average annual rate, weighted by the limits."""
    return found | {
        "rate_before": _rate(found["interest_before_minor"], found["limit_before_minor"]),
        "rate_after": _rate(found["interest_after_minor"], found["limit_after_minor"]),
    }


def _signed(total: dict[str, int]) -> str:
    """What the limits move by altogether, its sign first."""
    moved = total["limit_after_minor"] - total["limit_before_minor"]
    sign = "−" if moved < 0 else "+" if moved else ""
    return f"{sign}¥{format_yuan(abs(moved))}"


def _rate(interest_minor: int, limit_minor: int) -> Decimal | None:
    return Decimal(interest_minor) / limit_minor if limit_minor else None


def _segment(kind: str, name: str) -> str:
    if kind == "size":
        return str(_SIZES.get(name, name))
    if kind == "term":
        return _("up to {days} days").format(days=name)
    return name or _("not known")


def _chart(segments: list[dict[str, Any]]) -> dict[str, Any]:
    """Limits before and after, in yuan."""
    return {
        "kind": "bars",
        "x": [one["name"] for one in segments],
        "unit": "¥",
        "series": [
            {
                "name": name,
                "color": color,
                "values": [one["move"][field] / 100 for one in segments],
            }
            for name, color, field in (
                (_("In force"), "other", "limit_before_minor"),
                (_("This version"), "drawn", "limit_after_minor"),
            )
        ],
    }


def gate_in_words(found: PolicyView, at: datetime) -> list[dict[str, Any]]:
    """What has to be so before it decides: each with whether it is, in the order it happens."""
    row, status = found.row, VersionStatus(found.row.status)
    later = {VersionStatus.VALIDATED, VersionStatus.SHADOW, VersionStatus.CHAMPION}
    waived = bool(found.signed(PolicyApprovalKind.WAIVER))
    agreed = len(found.signed(PolicyApprovalKind.CHAMPION))
    days = (at - row.shadow_at).days if row.shadow_at else 0
    words = _("waived by {who}").format(
        who="、".join(one.who for one in found.signed(PolicyApprovalKind.WAIVER))
    )
    return [
        {
            "label": _("No gap, no dead row, a row for every missing fact"),
            "is_met": not found.blocking and not found.problem,
            "words": "",
        },
        {
            "label": _("Validated by a second person"),
            "is_met": status in later,
            "words": "",
        },
        {
            "label": _("Back-tested against the policy in force"),
            "is_met": found.is_fresh,
            "words": _("there is an older one") if found.backtest and not found.is_fresh else "",
        },
        {
            "label": _("Two weeks of shadow, or a signed waiver"),
            "is_met": waived or (row.shadow_at is not None and at - row.shadow_at >= SHADOW),
            "words": words if waived else _("{days} of {needed} days").format(
                days=days, needed=SHADOW.days
            ),
        },
        {
            "label": _("Approved by two others than its drafter"),
            "is_met": agreed >= APPROVERS,
            "words": _("{count} of {needed}").format(count=agreed, needed=APPROVERS),
        },
    ]  # fmt: skip


def shadow_in_words(compared: Compared) -> list[dict[str, Any]]:
    """The figures of the shadow as lines."""
    return [
        {"label": _("Answered the same"), "count": compared.agree_count},
        {"label": _("Approved in shadow only"), "count": compared.in_count},
        {"label": _("Approved live only"), "count": compared.out_count},
        {"label": _("Higher limit in shadow"), "count": compared.higher_count},
        {"label": _("Lower limit in shadow"), "count": compared.lower_count},
        {"label": _("Dearer in shadow"), "count": compared.dearer_count},
        {"label": _("Cheaper in shadow"), "count": compared.cheaper_count},
    ]
