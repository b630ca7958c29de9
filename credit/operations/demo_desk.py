"""What lies on the desks of a demo platform this morning: reviews, mandates, a guarantee."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from credit.domain.reviews import REQUEST_DAYS
from credit.enums import ApplicationStatus, DrawdownStatus, LineStatus
from credit.gateways.bank import connected_bank
from credit.models import (
    Application,
    CreditLine,
    DebitMandate,
    Drawdown,
    GuarantorClaim,
    Review,
)
from credit.operations.deductions import agree_deduction
from credit.operations.direct_debits import sign_mandate
from credit.operations.guarantees import record_guarantor_payout
from credit.operations.replay_share import ACTOR, apply_for_line
from credit.operations.reviews import request_review
from platform_app.kernel import clock
from risk.enums import ReportKind
from risk.operations.reports import fetch_reports, simulate_report_source
from tenants.models import Merchant

HOUR: Final = 9
_SOURCES: Final = {ReportKind.BUREAU: "示例征信", ReportKind.BANK: "示例银行流水"}
_FEW: Final = 3
_NOTES: Final = (
    "我们刚从别的平台转过来，可以提供那边的流水。",
    "上个月门店装修停业，现在已经恢复采购。",
    "店名变更过，之前的订单没有算进来。",
)


def fill_desks(today: date) -> None:
    """Leave a few of each on the open day; repeatable."""
    at = min(clock.now(), clock.moment_on(today, HOUR))
    with clock.travel(at):
        newcomers = Merchant.objects.exclude(
            pk__in=Application.objects.values("merchant_id")
        ).order_by("external_id")
        if not Review.objects.exists():
            for merchant in newcomers[: 2 * _FEW]:
                apply_for_line(merchant, today, at)
        since = at - timedelta(days=REQUEST_DAYS - 1)
        declined = Application.objects.filter(
            status=ApplicationStatus.DECLINED, decided_at__gte=since
        ).order_by("-id")
        for application, note in zip(declined[:_FEW], _NOTES, strict=False):
            request_review(
                application_id=application.id, note=note,
                actor=f"merchant:{application.merchant_id}", at=at,
            )  # fmt: skip
        lines = CreditLine.objects.filter(status=LineStatus.ACTIVE).order_by("id")
        _ask_outside(lines[: 4 * _FEW], at)
        for number, line in enumerate(lines[:_FEW]):
            if not DebitMandate.objects.filter(merchant_id=line.merchant_id).exists():
                sign_mandate(
                    merchant_id=line.merchant_id, account_no=f"62220200000000{number:04d}",
                    bank=connected_bank(), actor=ACTOR, at=at,
                )  # fmt: skip
            agree_deduction(
                merchant_id=line.merchant_id, fraction=Decimal("0.10"), actor=ACTOR, at=at
            )
        late = Drawdown.objects.filter(status=DrawdownStatus.REPAYING).order_by(
            "oldest_unpaid_on", "id"
        )
        worst = late.filter(oldest_unpaid_on__lt=today).first()
        if worst is not None and not GuarantorClaim.objects.exists():
            record_guarantor_payout(
                drawdown_id=worst.id, guarantor="示例担保有限公司",
                amount_minor=worst.outstanding_principal_minor // 2,
                external_id=f"GUARANTEE-{worst.order_no}", actor=ACTOR, at=at,
            )  # fmt: skip


def _ask_outside(lines: Iterable[CreditLine], at: datetime) -> None:
    """A bureau and a bank of this process, and what they say of a few merchants."""
    for kind, name in _SOURCES.items():
        simulate_report_source(kind=kind, name=name, kept_days=90, actor=ACTOR, at=at)
    for line in lines:
        fetch_reports(merchant_id=line.merchant_id, actor=ACTOR, at=at)
