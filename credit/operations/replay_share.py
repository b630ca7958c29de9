"""Some of the merchants of a replay: they apply, draw, receive and pay by their seeded choices."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from credit.domain.behavior import Behavior
from credit.enums import DrawdownStatus, LineStatus, RepaymentChannel
from credit.errors import MerchantOverdue, TooEarlyToReapply
from credit.models import Application, CreditLine, Drawdown, Offer, PlanRow, Repayment
from credit.operations.applications import NEEDED_CONSENTS, decide_application, submit_application
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.launch import ORDER_CREDIT
from credit.operations.offers import accept_offer, start_reading
from credit.operations.quotes import make_quotes
from credit.operations.repayments import record_repayment
from credit.operations.simulated_onboarding import hand_in
from credit.queries.business_day import open_day
from credit.queries.plans import derived, happenings
from platform_app.kernel import clock
from risk.queries.facts import trade_facts
from risk.values import TradeFacts
from tenants.enums import KybStatus
from tenants.models import Merchant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import verify_merchant
from tenants.operations.sandbox import fake_registration_no
from tenants.values import OrderRow

ACTOR = "system:replay"
MIN_ORDER_COUNT, MIN_TENURE_DAYS, MAX_RECENCY_DAYS = 3, 60, 120
READING_SECONDS = 20

Orders = Mapping[date, Sequence[OrderRow]]


def apply_for_line(
    merchant: Merchant, day: date, at: datetime, *, trade: TradeFacts | None = None
) -> Application:
    """All a made-up merchant does to be decided. Raises TooEarlyToReapply."""
    number = int(merchant.external_id.encode().hex(), 16)
    if merchant.kyb_status != KybStatus.VERIFIED:
        code = fake_registration_no(number)
        verify_merchant(merchant_id=merchant.id, registration_no=code, actor=ACTOR, at=at)
    give_consents(
        merchant_id=merchant.id, codes=[str(code) for code in NEEDED_CONSENTS],
        locale="zh-hans", evidence={"session": "replay"}, actor=ACTOR, at=at,
    )  # fmt: skip
    hand_in(merchant, number=number, actor=ACTOR, at=at)
    application = submit_application(
        merchant_id=merchant.id, product_code=ORDER_CREDIT,
        external_id=f"{merchant.external_id}@{day}", actor=ACTOR, at=at,
    )  # fmt: skip
    return decide_application(application_id=application.id, actor=ACTOR, at=at, trade=trade)


@dataclass(slots=True)
class Share:
    """Some of the merchants, living their days."""

    behavior: Behavior
    orders: Orders
    payments: dict[date, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    shipments: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))
    merchant_ids: dict[str, str] = field(default_factory=dict)

    def live(self, day: date) -> None:
        with clock.travel(clock.moment_on(day, 9)):
            for drawdown_id, seq in sorted(self.payments.pop(day, ())):
                self._pay(drawdown_id, seq, day)
        with clock.travel(clock.moment_on(day, 10)):
            self._open_lines(day)
            for drawdown_id in sorted(self.shipments.pop(day, ())):
                self._ship(drawdown_id)
        with clock.travel(clock.moment_on(day, 14)):
            self._draw_orders(day)

    # --- getting a line ------------------------------------------------------------------------

    def _open_lines(self, day: date) -> None:
        """Merchants who order today and look eligible by what was known yesterday apply."""
        active = {order.merchant_no for order in self.orders.get(day, ())}
        if not active:
            return
        as_of = clock.moment_on(day)
        merchants = list(
            Merchant.objects.filter(external_id__in=active)
            .exclude(pk__in=CreditLine.objects.values("merchant_id"))
            .order_by("external_id")
        )
        facts = trade_facts(merchant_ids=[m.id for m in merchants], as_of=as_of)
        for merchant in merchants:
            if _looks_eligible(facts[merchant.id]):
                self._apply(merchant, facts[merchant.id], day)

    def _apply(self, merchant: Merchant, facts: TradeFacts, day: date) -> None:
        at = clock.now()
        try:
            application = apply_for_line(merchant, day, at, trade=facts)
        except TooEarlyToReapply:
            return
        if application.status == "approved":
            self._accept(application, at)

    def _accept(self, application: Application, at: datetime) -> None:
        offer = Offer.objects.select_related("cost_sheet").get(application=application)
        start_reading(offer_id=offer.id, at=at)
        accept_offer(
            offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256,
            evidence={"session": "replay"}, actor=ACTOR,
            at=at + timedelta(seconds=READING_SECONDS),
        )  # fmt: skip

    # --- using it ------------------------------------------------------------------------------

    def _draw_orders(self, day: date) -> None:
        """Draw today's eligible orders, in order of their numbers."""
        orders = [
            order
            for order in self.orders.get(day, ())
            if order.status == "placed" and self.behavior.draws(order.order_no)
        ]
        numbers, merchants = [o.order_no for o in orders], {o.merchant_no for o in orders}
        drawn = {d.external_id: d for d in Drawdown.objects.filter(external_id__in=numbers)}
        lines = {
            line.merchant.external_id: line
            for line in CreditLine.objects.select_related("offer", "product_version", "merchant")
            .filter(merchant__external_id__in=merchants, status=LineStatus.ACTIVE)
        }  # fmt: skip
        for order in orders:
            line = lines.get(order.merchant_no)
            if line is not None:
                drawdown = drawn.get(order.order_no) or self._reserve(order, line)
                if drawdown is not None and drawdown.status == DrawdownStatus.AUTHORIZED:
                    self._deliver(drawdown, day)

    def _deliver(self, drawdown: Drawdown, day: date) -> None:
        wait = self.behavior.ships_after(drawdown.order_no)
        if self.behavior.is_canceled(drawdown.order_no):
            cancel_drawdown(drawdown_id=drawdown.id, actor=ACTOR, at=clock.now())
        elif wait:
            self.shipments[day + timedelta(days=wait)].append(drawdown.id)
        else:
            self._ship(drawdown.id)

    def _reserve(self, order: OrderRow, line: CreditLine) -> Drawdown | None:
        minimum = line.product_version.terms["minimum_minor"]
        if not minimum <= order.amount_minor <= line.available_minor:
            return None
        option = self.behavior.option(order.order_no, line.offer.option_codes)
        quote = make_quotes(
            line_id=line.id, amount_minor=order.amount_minor, order_no=order.order_no,
            option_codes=[option], at=clock.now(),
        )[0]  # fmt: skip
        try:
            drawdown = request_drawdown(
                line_id=line.id, quote_id=quote.id, external_id=order.order_no, actor=ACTOR,
                at=clock.now(),
            )  # fmt: skip
        except MerchantOverdue:
            return None
        line.held_minor += order.amount_minor
        return drawdown

    def _ship(self, drawdown_id: str) -> None:
        drawdown = Drawdown.objects.get(pk=drawdown_id)
        if drawdown.status == DrawdownStatus.AUTHORIZED:
            amount = self.behavior.shipped_minor(drawdown.order_no, drawdown.authorized_minor)
            drawdown = capture_drawdown(
                drawdown_id=drawdown_id, amount_minor=amount, external_id="shipment",
                is_final=True, actor=ACTOR, at=clock.now(),
            )  # fmt: skip
            rows = PlanRow.objects.filter(drawdown=drawdown).order_by("seq")
            self._expect(drawdown, self._merchant_no(drawdown.merchant_id), list(rows))

    # --- paying it back ------------------------------------------------------------------------

    def _expect(self, drawdown: Drawdown, merchant_no: str, rows: Sequence[PlanRow]) -> None:
        """Write down when each row will be paid; after a row that never is, nothing more comes."""
        for row in rows:
            day = self.behavior.pays_on(
                merchant_no, drawdown.order_no, row.seq, row.due_on, drawdown.grace_days
            )
            if day is None:
                return
            self.payments[max(day, row.start_on + timedelta(days=1))].append((drawdown.id, row.seq))

    def _pay(self, drawdown_id: str, seq: int, day: date) -> None:
        drawdown = Drawdown.objects.get(pk=drawdown_id)
        key = f"{drawdown.order_no}#{seq}"
        if drawdown.status != DrawdownStatus.REPAYING or _is_paid(key):
            return
        answer = derived(drawdown, happenings(drawdown_id), as_of=day)
        row = answer.rows[seq - 1]
        if row.paid_off_on is not None:
            return
        amount = answer.payoff_minor if day < row.seed_due_on else answer.due_minor
        if self.behavior.rounds_up(drawdown.order_no, seq):
            amount = -(-amount // 100) * 100
        record_repayment(
            drawdown_id=drawdown_id, amount_minor=amount, external_id=key,
            channel=RepaymentChannel.BANK_TRANSFER, value_on=None, actor=ACTOR, at=clock.now(),
        )  # fmt: skip

    # --- going on after a stop -----------------------------------------------------------------

    def remember(self, belongs: Callable[[str], bool]) -> None:
        """Rebuild what is expected to happen to our merchants from what is stored."""
        today = open_day()
        waiting = Drawdown.objects.filter(status=DrawdownStatus.AUTHORIZED)
        for drawdown in waiting.select_related("merchant"):
            if not belongs(drawdown.merchant.external_id):
                continue
            ordered_on = clock.day_of(drawdown.authorized_at)
            day = ordered_on + timedelta(days=self.behavior.ships_after(drawdown.order_no))
            if ordered_on < today <= day:
                self.shipments[day].append(drawdown.id)
        open_rows: dict[Drawdown, list[PlanRow]] = defaultdict(list)
        rows = PlanRow.objects.filter(drawdown__status=DrawdownStatus.REPAYING)
        for row in rows.select_related("drawdown__merchant").order_by("drawdown_id", "seq"):
            open_rows[row.drawdown].append(row)
        for drawdown, planned in open_rows.items():
            if belongs(drawdown.merchant.external_id):
                self._expect(drawdown, drawdown.merchant.external_id, planned)
        for day in [day for day in self.payments if day < today]:
            del self.payments[day]

    def _merchant_no(self, merchant_id: str) -> str:
        if merchant_id not in self.merchant_ids:
            found = Merchant.objects.values_list("external_id", flat=True).get(pk=merchant_id)
            self.merchant_ids[merchant_id] = found
        return self.merchant_ids[merchant_id]


def _looks_eligible(facts: TradeFacts) -> bool:
    """The partner shows the entry tile to merchants of some history only."""
    return (
        facts.order_count_total >= MIN_ORDER_COUNT
        and facts.tenure_days >= MIN_TENURE_DAYS
        and (facts.recency_days or 0) <= MAX_RECENCY_DAYS
    )


def _is_paid(key: str) -> bool:
    return Repayment.objects.filter(external_id=key).exists()
