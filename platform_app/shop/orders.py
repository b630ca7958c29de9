"""Two orders waiting to be paid."""

import time
from dataclasses import dataclass, field


@dataclass
class Order:
    """One order of the shop; `amount_minor` in fen."""

    no: str
    goods: str
    amount_minor: int
    state: str = "待付款"
    drawdown_id: str = ""

    @property
    def amount(self) -> str:
        return f"{self.amount_minor // 100:,}.{self.amount_minor % 100:02d}"


@dataclass
class Orders:
    """Kept in memory; numbered by the minute the shop started, so that a new run has new orders."""

    prefix: str = field(default_factory=lambda: time.strftime("SO%m%d%H%M"))
    all: dict[str, Order] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for count, (goods, amount) in enumerate(
            [("全价猫粮 10kg × 40 袋", 1_280_000), ("宠物零食礼盒 × 60 件", 368_000)], start=1
        ):
            order = Order(f"{self.prefix}-{count}", goods, amount)
            self.all[order.no] = order
