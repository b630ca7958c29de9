"""What our papers say: from the facts of a document to the sheet. Chinese, as signed and read.

Facts are JSON objects: amounts in fen under `*_minor`, days as ISO text, rates as decimal text.
The same facts give the same sheet.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from credit.domain import document_texts as texts
from credit.domain.agreement_paper import agreement_blocks
from credit.domain.paper import Block, Column, Heading, Lines, Pairs, Paper, Signature, Table
from platform_app.kernel.money import format_yuan

Facts = Mapping[str, Any]
PREFIXES: Final = {
    "statement": "DZ", "receipt": "JJ", "payoff_certificate": "JQ", "overdue_notice": "CS",
    "contract": "XY",
}  # fmt: skip
TITLES: Final = {
    "statement": "对账单", "receipt": "借据", "payoff_certificate": "结清证明",
    "overdue_notice": "逾期还款提醒函（催告函）", "contract": "采购白条循环额度协议",
}  # fmt: skip
_METHODS: Final = {
    "bullet": "到期一次还本付息", "equal_installment": "等额本息", "equal_principal": "等额本金",
    "interest_first": "先息后本", "flat": "等本等息",
}  # fmt: skip


def _money(title: str, share: int) -> Column:
    return Column(title, share, is_number=True)


_STATEMENT: Final = {
    "opening_minor": _money("期初本金", 10),
    "drawn_minor": _money("本期支用", 10),
    "principal_minor": _money("归还本金", 10),
    "other_minor": _money("其他变动", 9),
    "closing_minor": _money("期末本金", 10),
    "interest_minor": _money("支付利息", 9),
    "penalty_minor": _money("支付罚息", 8),
    "fee_minor": _money("支付费用", 8),
    "overpaid_minor": _money("溢缴", 7),
    "received_minor": _money("还款合计", 10),
}
_PLAN: Final = {"principal_minor": _money("本金", 14), "interest_minor": _money("利息", 14)}
_LATE: Final = {
    "principal_minor": _money("未还本金", 14),
    "interest_minor": _money("未还利息", 14),
    "penalty_minor": _money("截至当日罚息", 14),
}
_PAID: Final = {
    "principal_minor": "已还本金", "interest_minor": "已还利息", "penalty_minor": "已还罚息",
    "fee_minor": "已还费用", "other_minor": "其他冲减", "received_minor": "还款合计",
}  # fmt: skip


def paper_of(kind: str, facts: Facts) -> Paper:
    """The sheet of one document. Raises KeyError when a fact is missing."""
    contact = "咨询与投诉电话"
    return Paper(
        title=TITLES[kind],
        number=facts["number"],
        footer=f"{facts['lender']}　{contact}：{facts['phone']}　合作平台：{facts['platform']}",
        blocks=_WRITERS[kind](facts),
        is_wide=kind == "statement",
    )


def _statement(facts: Facts) -> tuple[Block, ...]:
    period = f"{_day(facts['from_on'])} 至 {_day(facts['to_on'])}（按账务日）"
    names = tuple(_STATEMENT)
    return (
        Pairs((*_who(facts), ("对账期间", period))),
        Table(
            (Column("订单号", 15), *_STATEMENT.values()),
            tuple((row["order_no"], *_yuan(row, names)) for row in facts["rows"]),
            ("合计", *_yuan(facts["totals"], names)),
        ),
        _prose(texts.STATEMENT, facts),
        _signed(facts),
    )


def _receipt(facts: Facts) -> tuple[Block, ...]:
    count = len(facts["rows"])
    rate = f"{_percent(facts['annual_rate'])}，一年按 {facts['year_days']} 天计"
    method = _METHODS.get(facts["method"], facts["method"])
    return (
        Pairs(
            (
                *_who(facts),
                ("借据编号", facts["drawdown"]),
                ("订单号", facts["order_no"]),
                ("借款金额", f"¥{format_yuan(facts['captured_minor'])}"),
                ("起息日", _day(facts["value_on"])),
                ("到期日", _day(facts["maturity_on"])),
                ("还款方式", f"{method}，共 {count} 期"),
                ("年利率（单利）", rate),
                ("免息天数", f"{facts['interest_free_days']} 天"),
                ("所属协议", facts["contract_no"]),
                ("成本明示表校验值", facts["cost_sheet_sha256"]),
            )
        ),
        Heading("还款计划"),
        _installments(_PLAN, facts["rows"], "应还合计"),
        _prose(texts.RECEIPT, facts),
        _signed(facts),
    )


def _payoff_certificate(facts: Facts) -> tuple[Block, ...]:
    paid = [(label, f"¥{format_yuan(facts[name])}") for name, label in _PAID.items()]
    return (
        _prose(texts.PAYOFF, facts),
        Pairs((("借据编号", facts["drawdown"]), *paid)),
        _prose(texts.PAYOFF_END, facts),
        _signed(facts),
    )


def _overdue_notice(facts: Facts) -> tuple[Block, ...]:
    return (
        _prose(texts.NOTICE, facts),
        _installments(_LATE, facts["rows"], "合计"),
        _prose(texts.NOTICE_END, facts),
        _signed(facts),
    )


def _contract(facts: Facts) -> tuple[Block, ...]:
    return (*agreement_blocks(facts, title=TITLES["contract"]), _signed(facts))


_WRITERS: Final[dict[str, Callable[[Facts], tuple[Block, ...]]]] = {
    "statement": _statement,
    "receipt": _receipt,
    "payoff_certificate": _payoff_certificate,
    "overdue_notice": _overdue_notice,
    "contract": _contract,
}


def _installments(parts: Mapping[str, Column], rows: Sequence[Facts], last: str) -> Table:
    """One row an installment, its components, and their sum; a total under each."""
    names = tuple(parts)
    totals = {name: sum(row[name] for row in rows) for name in names}
    return Table(
        (Column("期次", 6), Column("应还日", 15), *parts.values(), _money(last, 14)),
        tuple(
            (str(row["seq"]), _day(row["due_on"]), *_yuan(row, names), _sum(row, names))
            for row in rows
        ),
        ("合计", "", *_yuan(totals, names), _sum(totals, names)),
    )


def _prose(template: str, facts: Facts) -> Lines:
    """Fill in a text; a fact cannot set its own emphasis."""
    told = {
        name.removesuffix("_minor"): _told(name, value)
        for name, value in facts.items()
        if isinstance(value, str | int)
    }
    return Lines(tuple(template.format(**told).splitlines()))


def _told(name: str, value: Any) -> str:
    if name.endswith("_minor"):
        return format_yuan(value)
    if name.endswith("_rate"):
        return _percent(value)
    if name == "on" or name.endswith("_on"):
        return _day(value)
    return str(value).replace("*", "＊")


def _who(facts: Facts) -> tuple[tuple[str, str], ...]:
    return (
        ("借款人", facts["merchant"]),
        ("统一社会信用代码", facts["registration_no"]),
        ("资金方", facts["lender"]),
    )


def _signed(facts: Facts) -> Signature:
    return Signature((facts["lender"], f"出具日期：{_day(facts['made_on'])}"))


def _yuan(row: Facts, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(format_yuan(row[name]) for name in names)


def _sum(row: Facts, names: Sequence[str]) -> str:
    return format_yuan(sum(row[name] for name in names))


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.year} 年 {day.month} 月 {day.day} 日"


def _percent(rate: str) -> str:
    return f"{Decimal(rate) * 100:.2f}%"
