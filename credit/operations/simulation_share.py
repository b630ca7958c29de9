"""Some of the merchants of a simulation, living one day: they join, repay, draw, receive."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial

from django.db.models import Q

from credit.domain.simulated import DRAWS, LAST_JOIN_DAY, PRODUCTS, dice, standing, thrown
from credit.enums import DrawdownStatus, HoldStatus, LineStatus
from credit.models import Application, CreditLine, Drawdown, Hold, LoanEvent, Offer
from credit.operations.applications import NEEDED_CONSENTS, decide_application, submit_application
from credit.operations.captures import capture_drawdown
from credit.operations.drawdowns import cancel_drawdown, request_drawdown
from credit.operations.offers import accept_offer, start_reading
from credit.operations.quotes import make_quotes
from credit.operations.simulated_onboarding import hand_in
from credit.operations.simulation_acts import Occasion, call_for
from credit.operations.simulation_faults import Delivery
from platform_app.kernel import clock
from risk.queries.facts import trade_facts
from tenants.models import Merchant
from tenants.operations.consents import give_consents
from tenants.operations.merchants import verify_merchant
from tenants.operations.sandbox import fake_registration_no

ACTOR = "system:simulation"
READING_SECONDS = 20
PAID_DAYS, LOST_DAYS = 30, 120  # how long something may still happen to a drawdown that ended


@dataclass(slots=True)
class Share:
    """Merchants `numbers` of the simulation `seed`, whose first day is `first`."""

    seed: int
    numbers: range
    first: date
    days: int
    delivery: Delivery = field(default_factory=Delivery)

    def live(self, day: date, *, done: frozenset[str]) -> Delivery:
        """Live one day; what `done` names happened before this process's predecessor died."""
        self.delivery = Delivery()
        with clock.travel(clock.moment_on(day, 9)):
            self._join(day)
            self._serve(day, done)
        with clock.travel(clock.moment_on(day, 14)):
            self._ship(day, done)
            self._draw(day, done)
            self.delivery.send_again()
        return self.delivery

    # --- getting a line ------------------------------------------------------------------------

    def _join(self, day: date) -> None:
        names = {
            merchant_no(n): n for n in self.numbers
            if joins_on(self.seed, n, self.first, self.days) == day
        }  # fmt: skip
        joining = list(
            Merchant.objects.filter(external_id__in=names)
            .exclude(pk__in=CreditLine.objects.values("merchant_id"))
            .order_by("external_id")
        )
        facts = trade_facts(merchant_ids=[m.id for m in joining], as_of=clock.moment_on(day))
        for merchant in joining:
            number, at = names[merchant.external_id], clock.now()
            verify_merchant(
                merchant_id=merchant.id, registration_no=fake_registration_no(number),
                actor=ACTOR, at=at,
            )  # fmt: skip
            give_consents(
                merchant_id=merchant.id, codes=[str(code) for code in NEEDED_CONSENTS],
                locale="zh-hans", evidence={}, actor=ACTOR, at=at,
            )  # fmt: skip
            hand_in(merchant, number=number, actor=ACTOR, at=at)
            application = submit_application(
                merchant_id=merchant.id, product_code=list(PRODUCTS)[number % len(PRODUCTS)],
                external_id=merchant.external_id, actor=ACTOR, at=at,
            )  # fmt: skip
            decided = decide_application(
                application_id=application.id, actor=ACTOR, at=at, trade=facts[merchant.id]
            )
            self._accept(decided, at)

    def _accept(self, application: Application, at: datetime) -> None:
        offer = Offer.objects.select_related("cost_sheet").filter(application=application).first()
        if offer is not None:
            start_reading(offer_id=offer.id, at=at)
            accept_offer(
                offer_id=offer.id, cost_sheet_sha256=offer.cost_sheet.sha256, evidence={},
                actor=ACTOR, at=at + timedelta(seconds=READING_SECONDS),
            )  # fmt: skip

    # --- what happens to drawdowns -------------------------------------------------------------

    def _serve(self, day: date, done: frozenset[str]) -> None:
        for drawdown in self._living(day):
            key = f"{drawdown.order_no}@{day:%y%m%d}"
            chance = dice(self.seed, drawdown.order_no, day)
            late = (day - (drawdown.oldest_unpaid_on or day)).days
            is_due = drawdown.next_event_on is not None and drawdown.next_event_on <= day
            chances = standing(drawdown.status, due=is_due or late > 0, days_past_due=late)
            what = thrown(chances or {}, chance)
            if what is None or key in done:
                continue
            one = Occasion(drawdown, day, key, chance, ACTOR, clock.now())
            call = call_for(what, one)
            if call is not None:
                answer = self.delivery.send(what, call, chance)
                self.delivery.faults["backdated"] += int(one.is_backdated and answer is not None)
                self.delivery.faults["reversal"] += int(what == "reverse" and answer is not None)

    def _living(self, day: date) -> Iterable[Drawdown]:
        """Drawdowns of our merchants to which something may happen, begun before today."""
        ended_lately = Q(status="paid_off", paid_off_on__gt=day - timedelta(days=PAID_DAYS)) | Q(
            status="written_off", written_off_on__gt=day - timedelta(days=LOST_DAYS)
        )
        going = Q(status__in=[DrawdownStatus.REPAYING, DrawdownStatus.PARTIALLY_CAPTURED])
        found = Drawdown.objects.filter(going | ended_lately, value_on__lt=day)
        return [one for one in found.order_by("order_no") if self._is_ours(one.order_no)]

    def _is_ours(self, order_no: str) -> bool:
        return int(order_no[1:6]) in self.numbers

    # --- drawing and shipping ------------------------------------------------------------------

    def _ship(self, day: date, done: frozenset[str]) -> None:
        open_holds = Hold.objects.filter(status__in=[HoldStatus.HELD, HoldStatus.PART_CAPTURED])
        waiting = open_holds.filter(drawdown__authorized_at__lt=clock.moment_on(day))
        for hold in waiting.select_related("drawdown").order_by("drawdown__order_no"):
            one = hold.drawdown
            if not self._is_ours(one.order_no) or shipment(one, day) in done:
                continue
            chance = dice(self.seed, "ship", one.order_no, day)
            throw = chance.random()
            if throw < 0.25:  # noqa: PLR2004 -- a quarter of those that wait
                share = 1 if hold.status == HoldStatus.PART_CAPTURED else chance.choice([1, 2])
                self._capture(one, max(1, hold.remaining_minor // share), day, chance.random())
            elif throw < 0.3:  # noqa: PLR2004 -- and one in twenty is canceled
                call = partial(cancel_drawdown, drawdown_id=one.id, actor=ACTOR, at=clock.now())
                self.delivery.send("cancel", call, chance)

    def _draw(self, day: date, done: frozenset[str]) -> None:
        lucky = {}
        for number in self.numbers:
            chance = dice(self.seed, "draw", number, day)
            if chance.random() < DRAWS:
                lucky[merchant_no(number)] = chance
        lines = CreditLine.objects.select_related("offer", "merchant").filter(
            status=LineStatus.ACTIVE, merchant__external_id__in=lucky
        )
        for line in lines.order_by("merchant__external_id"):
            chance = lucky[line.merchant.external_id]
            order_no = f"{line.merchant.external_id}-{day:%y%m%d}"
            before = Drawdown.objects.filter(external_id=order_no).first()
            amount = int(line.available_minor * chance.uniform(0.05, 0.6))
            option = chance.choice(line.offer.option_codes)
            one = before or self._request(line, order_no, amount, option)
            if one is None or shipment(one, day) in done:
                continue
            if chance.random() < 0.7:  # noqa: PLR2004 -- most ship at once
                share = chance.choice([1, 1, 1, 2])
                self._capture(one, one.authorized_minor // share, day, chance.random())

    def _request(
        self, line: CreditLine, order_no: str, amount: int, option: str
    ) -> Drawdown | None:
        if amount < PRODUCTS["plain"].minimum_minor:
            return None
        at = clock.now()
        quote = make_quotes(
            line_id=line.id, amount_minor=amount, order_no=order_no, option_codes=[option], at=at
        )[0]
        call = partial(
            request_drawdown,
            line_id=line.id, quote_id=quote.id, external_id=order_no, actor=ACTOR, at=at,
        )  # fmt: skip
        drawdown: Drawdown | None = self.delivery.send("draw", call, dice(self.seed, order_no))
        return drawdown

    def _capture(self, one: Drawdown, amount: int, day: date, throw: float) -> None:
        call = partial(
            capture_drawdown,
            drawdown_id=one.id, amount_minor=amount, external_id=f"ship@{day:%y%m%d}",
            is_final=throw < 0.8, actor=ACTOR, at=clock.now(),  # noqa: PLR2004
        )  # fmt: skip
        self.delivery.send("capture", call, dice(self.seed, "capture", one.order_no, day))


def merchant_no(number: int) -> str:
    return f"M{number:05d}"


def joins_on(seed: int, number: int, first: date, days: int) -> date:
    """Merchants join on any of the first days."""
    return first + timedelta(days=dice(seed, "join", number).randrange(min(LAST_JOIN_DAY, days)))


def shipment(one: Drawdown, day: date) -> str:
    """The key under which a capture of that day is booked."""
    return f"{one.id}:ship@{day:%y%m%d}"


def done_on(day: date) -> frozenset[str]:
    """Keys of what is booked on the open day already."""
    booked = LoanEvent.objects.filter(booked_on=day).values_list("key", flat=True)
    return frozenset(booked)
