"""A documented generator of a platform's orders, for the demo.

Each merchant draws once: a usual ticket (log-normal, heavy tail), orders a month, a first day, a
yearly trend, and for one in eight a day after which it orders no more. On each day it orders with a
chance that follows the trade's season curve; the ticket varies log-normally around the usual one.
4 % of orders are returned 3 to 12 days later (a later revision of the same order). The same seed
gives the same orders.
"""

import math
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tenants.values import OrderRow

RETURN_SHARE = 0.04
LEAVER_SHARE = 0.125
LATE_SHARE = 0.3
MONTH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """How one demo platform trades: usual ticket in yuan, orders a month, what it sells."""

    prefix: str
    merchant_count: int
    ticket_yuan: int
    orders_a_month: float
    categories: tuple[str, ...]
    name_parts: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    regions: tuple[str, ...]
    season: Sequence[Decimal]


TEXTILE = Trade(
    prefix="TX", merchant_count=40, ticket_yuan=16_000, orders_a_month=3.0,
    categories=("坯布", "针织面料", "辅料", "纱线"),
    name_parts=(
        ("锦", "华", "盛", "恒", "云", "丰", "瑞", "嘉", "晟", "安"),
        ("绣", "裳", "源", "泰", "达", "纶", "绮", "丽", "腾", "和"),
        ("制衣厂", "服饰有限公司", "针织厂", "纺织有限公司"),
    ),
    regions=("绍兴柯桥", "广州中大", "常熟", "石狮", "佛山"), season=(),
)  # fmt: skip
PET = Trade(
    prefix="PT", merchant_count=60, ticket_yuan=2_400, orders_a_month=5.0,
    categories=("主粮", "零食", "用品", "药品保健"),
    name_parts=(
        ("毛", "萌", "喵", "汪", "乐", "暖", "小", "爱", "星", "宝"),
        ("球", "爪", "星", "友", "家", "贝", "宠", "语", "咪", "窝"),
        ("宠物医院", "宠物生活馆", "猫舍", "宠物用品店"),
    ),
    regions=("成都", "上海", "杭州", "深圳", "武汉", "西安"), season=(),
)  # fmt: skip


@dataclass(slots=True)
class _Buyer:
    number: str
    name: str
    ticket: float
    rate: float
    first: date
    last: date
    trend: float
    category: str


def demo_orders(trade: Trade, *, first: date, last: date, seed: int) -> dict[date, list[OrderRow]]:
    """Orders by the day on which the platform reports them."""
    dice = random.Random(f"{trade.prefix}:{seed}")  # noqa: S311 -- a demo, not a secret
    by_day: dict[date, list[OrderRow]] = defaultdict(list)
    count = 0
    for index in range(trade.merchant_count):
        buyer = _buyer(trade, dice, index, first, last)
        day = buyer.first
        while day <= buyer.last:
            years = (day - first).days / 365
            season = float(trade.season[day.month - 1]) if trade.season else 1.0
            chance = buyer.rate / MONTH_DAYS * season * (1 + buyer.trend * years)
            if dice.random() < chance:
                count += 1
                order = _order(trade, dice, buyer, day, count, season)
                by_day[day].append(order)
                _maybe_return(dice, by_day, order)
            day += timedelta(days=1)
    return by_day


def merchant_region(trade: Trade, merchant_no: str) -> str:
    """Where a demo merchant is."""
    return random.Random(f"region:{merchant_no}").choice(trade.regions)  # noqa: S311 -- a demo


def _buyer(trade: Trade, dice: random.Random, index: int, first: date, last: date) -> _Buyer:
    days = (last - first).days
    joins_late = dice.random() < LATE_SHARE
    starts = first + timedelta(days=int(dice.random() * days * 0.6) if joins_late else 0)
    leaves = dice.random() < LEAVER_SHARE
    ends = starts + timedelta(days=60 + int(dice.random() * days)) if leaves else last
    return _Buyer(
        number=f"{trade.prefix}{index:04d}",
        name="".join(dice.choice(parts) for parts in trade.name_parts),
        ticket=trade.ticket_yuan * math.exp(dice.gauss(0, 0.7)),
        rate=trade.orders_a_month * math.exp(dice.gauss(0, 0.5)),
        first=starts,
        last=min(ends, last),
        trend=dice.gauss(0.1, 0.3),
        category=dice.choice(trade.categories),
    )


def _order(
    trade: Trade, dice: random.Random, buyer: _Buyer, day: date, count: int, season: float
) -> OrderRow:
    yuan = buyer.ticket * math.exp(dice.gauss(0, 0.45)) * math.sqrt(season)
    return OrderRow(
        order_no=f"{trade.prefix}-{day:%Y%m%d}-{count:05d}",
        merchant_no=buyer.number,
        ordered_on=day,
        quantity=max(1, int(dice.gauss(20, 8))),
        amount_minor=max(100, int(yuan * 100)),
        category=buyer.category,
        merchant_name=buyer.name,
    )


def _maybe_return(dice: random.Random, by_day: dict[date, list[OrderRow]], order: OrderRow) -> None:
    if dice.random() < RETURN_SHARE:
        day = order.ordered_on + timedelta(days=3 + int(dice.random() * 10))
        by_day[day].append(
            OrderRow(
                order_no=order.order_no, merchant_no=order.merchant_no,
                ordered_on=order.ordered_on, quantity=order.quantity,
                amount_minor=order.amount_minor, status="returned", category=order.category,
                merchant_name=order.merchant_name,
            )
        )  # fmt: skip
