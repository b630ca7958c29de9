"""Matching bank flows, in the order that `bank_flows` tells.

1. Flows that name a repayment of the same amount, in one statement.
2. Flows that name a paid settlement of the same amount, in one statement: it is reconciled.
3. The other receipts, each in a transaction of its own: to the merchant whose account number was
   paid, or into suspense.
"""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from credit.enums import FlowStatus, RepaymentChannel, SettlementStatus, SuspenseStatus
from credit.models import BankFlow, SettlementBatch, SuspenseItem, VirtualAccount
from credit.operations.spreading import spread_payment
from credit.operations.suspense import receive_into_suspense
from credit.queries.bank_flows import claimable_flows, returned_flows
from credit.queries.business_day import open_day_for_booking
from platform_app.kernel import events, ids
from platform_app.kernel.scope import current_tenant_id

TO_REPAYMENTS: Final = """
UPDATE credit_bankflow f SET status = 'matched', repayment_id = m.repayment_id
FROM (
    SELECT DISTINCT ON (r.id) r.id AS repayment_id, n.id AS flow_id
    FROM credit_bankflow n
    JOIN credit_repayment r ON r.tenant_id = n.tenant_id AND r.external_id = n.memo
        AND r.amount_minor = n.amount_minor
    JOIN credit_drawdown d ON d.tenant_id = r.tenant_id AND d.id = r.drawdown_id
        AND d.funding_source_id = n.funding_source_id
    WHERE n.tenant_id = %(tenant)s AND n.status = 'new' AND n.memo <> ''
      AND NOT EXISTS (SELECT 1 FROM credit_bankflow o
                      WHERE o.tenant_id = r.tenant_id AND o.repayment_id = r.id)
    ORDER BY r.id, n.id
) m
WHERE f.tenant_id = %(tenant)s AND f.id = m.flow_id AND f.status = 'new'
"""

TO_SETTLEMENTS: Final = """
UPDATE credit_bankflow f SET status = 'matched', batch_id = m.batch_id
FROM (
    SELECT DISTINCT ON (b.id) b.id AS batch_id, n.id AS flow_id
    FROM credit_bankflow n
    JOIN credit_settlementbatch b ON b.tenant_id = n.tenant_id AND b.payout_reference = n.memo
        AND b.funding_source_id = n.funding_source_id AND b.net_minor = -n.amount_minor
    WHERE n.tenant_id = %(tenant)s AND n.status = 'new' AND n.memo <> '' AND b.status = 'paid'
    ORDER BY b.id, n.id
) m
WHERE f.tenant_id = %(tenant)s AND f.id = m.flow_id AND f.status = 'new'
"""


def match_flows(*, actor: str, at: datetime) -> int:
    """Match what can be matched; return how many flows have found their place. Repeatable."""
    matched = _by_reference(actor, at)
    for flow_id in list(returned_flows().values_list("id", flat=True)):
        matched += _match_return(flow_id)
    for flow_id in list(claimable_flows().order_by("id").values_list("id", flat=True)):
        matched += _take_in(flow_id, actor, at)
    return matched


@transaction.atomic
def _by_reference(actor: str, at: datetime) -> int:
    day = open_day_for_booking()
    matched = _run(TO_REPAYMENTS) + _run(TO_SETTLEMENTS)
    seen = SettlementBatch.objects.filter(
        status=SettlementStatus.PAID,
        pk__in=BankFlow.objects.filter(batch__isnull=False).values("batch_id"),
    )
    batches = list(seen.order_by("id"))
    seen.update(status=SettlementStatus.RECONCILED, reconciled_on=day)
    for batch in batches:
        events.record(
            "credit.settlement.reconciled", subject=batch.id, actor=actor, at=at,
            props={"net_minor": batch.net_minor},
        )  # fmt: skip
    return matched


@transaction.atomic
def _match_return(flow_id: str) -> int:
    """Money left the bank that names an item we have returned."""
    flow = BankFlow.objects.select_for_update(of=("self",)).get(pk=flow_id)
    item = SuspenseItem.objects.filter(
        pk=flow.memo, status=SuspenseStatus.RETURNED, funding_source_id=flow.funding_source_id
    ).first()
    if flow.status != FlowStatus.NEW or item is None:
        return 0
    flow.status = FlowStatus.MATCHED
    flow.save(update_fields=["status"])
    return 1


@transaction.atomic
def _take_in(flow_id: str, actor: str, at: datetime) -> int:
    """A receipt nobody has named: to the merchant of its account number, the rest to suspense."""
    flow = BankFlow.objects.select_for_update(of=("self",)).get(pk=flow_id)
    if flow.status != FlowStatus.NEW:
        return 0
    account = _account_of(flow)
    paid = 0
    if account is not None:
        repayments = spread_payment(
            merchant_id=account.merchant_id, funding_source_id=flow.funding_source_id,
            amount_minor=flow.amount_minor, key=flow.id, channel=RepaymentChannel.BANK_TRANSFER,
            actor=actor, at=at,
        )  # fmt: skip
        paid = sum(repayment.amount_minor for repayment in repayments)
    left = flow.amount_minor - paid
    if left:
        receive_into_suspense(
            funding_source_id=flow.funding_source_id, external_id=flow.bank_reference,
            amount_minor=left, payer=flow.counterparty, memo=flow.memo, flow=flow, actor=actor,
            at=at,
        )  # fmt: skip
    flow.status = FlowStatus.SUSPENSE if left else FlowStatus.MATCHED
    flow.save(update_fields=["status"])
    return 1


def _account_of(flow: BankFlow) -> VirtualAccount | None:
    """The account that was paid to; some banks put its number into the memo."""
    numbers = [number for number in (flow.account_no, flow.memo) if number]
    return VirtualAccount.objects.filter(
        funding_source_id=flow.funding_source_id, number__in=numbers
    ).first()


def _run(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": str(ids.to_uuid("tnt", current_tenant_id()))})
        return int(cursor.rowcount)
