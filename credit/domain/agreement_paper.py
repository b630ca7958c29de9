"""The agreement as a paper: its clauses, the cost sheet as a table, the plan's basis, its proofs.

Facts are those of `credit.domain.documents`; `sheet` is the body of the cost sheet as hashed.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from credit.domain.paper import Block, Column, Heading, Lines, Pairs, Table
from platform_app.kernel.money import format_yuan

Facts = Mapping[str, Any]
_BASIS: Final = {
    "outstanding principal, by the day": "按日计，以使用中的本金为基数",
    "overdue principal, by the day from the due date": "自应还日起按日计，以逾期本金为基数",
    "a fixed amount and a share of the drawn principal": "定额加支用本金的比例",
}
_WHEN: Final = {
    "with each installment": "随各期应还款",
    "when paid after the grace period": "宽限期后还款时",
    "at the drawdown": "支用时",
    "when an extension is granted": "办理展期时",
}
_NAMES: Final = {"interest": "利息", "penalty": "罚息"}
_METHODS: Final = {
    "bullet": "到期一次还本付息", "equal_installment": "等额本息", "equal_principal": "等额本金",
    "interest_first": "先息后本", "flat": "等本等息",
}  # fmt: skip
_ITEM: Final = (
    Column("项目", 10), Column("计收依据", 22), Column("标准", 20), Column("收取方", 20),
    Column("何时收取", 14),
)  # fmt: skip
_WAYS: Final = (
    Column("还款方式", 26), Column("期数", 8, is_number=True), Column("首期应还日", 16),
    Column("利息", 12, is_number=True), Column("费用", 12, is_number=True),
    Column("年化（单利）", 14, is_number=True),
)  # fmt: skip
_LATE: Final = (
    Column("还款方式", 30), Column("晚还天数", 14, is_number=True),
    Column("全部成本", 20, is_number=True), Column("年化（单利）", 18, is_number=True),
)  # fmt: skip
PLAN_BASIS: Final = (
    "每笔支用的还款计划，以支用当日、所选方式、上表利率和中国法定工作日历计算；"
    "试算、确认、记账用同一算法，已确认的应还日不会提前。"
)


def agreement_blocks(facts: Facts, *, title: str) -> tuple[Block, ...]:
    """Everything but who issued it. Raises KeyError when a fact is missing."""
    lines = (line.strip() for line in facts["text"].splitlines())
    sheet = facts["sheet"]
    ways = {one["code"]: one for one in facts["options"]}
    return (
        Lines(tuple(line for line in lines if line and line != title)),
        Heading("附件一　综合融资成本明示表"),
        Lines(("一、正常履约时的成本",)),
        _items(sheet["items"]),
        Lines((f"以支用 {_yuan(sheet['samples'][0]['amount_minor'])} 元为例，各方式的全部成本：",)),
        _samples(sheet["samples"], ways),
        Lines(("二、晚还时可能增加的成本",)),
        _items(sheet["contingent"]),
        *_late(sheet["samples"], ways),
        Lines(("三、除以上列明的项目外，不收取任何费用；提前还款不收手续费。",)),
        Heading("附件二　还款计划依据"),
        Lines((PLAN_BASIS,)),
        Heading("签署信息"),
        Pairs(
            (
                ("签署时间", facts["signed_at"]),
                *_confirmations(facts),
                ("协议文本校验值 SHA-256", facts["text_sha256"]),
                ("成本明示表校验值 SHA-256", facts["cost_sheet_sha256"]),
            )
        ),
    )


def _confirmations(facts: Facts) -> tuple[tuple[str, str], ...]:
    """How the signer was made sure of, and which consents it stands on."""
    told = [("签署确认", _plain(facts["confirmed_by"]))] if facts["confirmed_by"] else []
    consents = "、".join(one["id"] for one in facts["consents"])
    return (*told, *([("授权书编号", consents)] if consents else []))


def _items(items: Sequence[Facts]) -> Table:
    return Table(
        _ITEM,
        tuple(
            (
                _plain(str(_NAMES.get(one["code"]) or one["name"])),
                str(_BASIS.get(one["basis"], one["basis"])),
                _standard(one),
                _plain(one["payee"]),
                str(_WHEN.get(one["timing"], one["timing"])),
            )
            for one in items
        ),
    )


def _standard(item: Facts) -> str:
    if "annual_rate" not in item:
        share = Decimal(item["share_rate"])
        parts = [f"{_yuan(item['amount_minor'])} 元"] if item["amount_minor"] else []
        return " ＋ ".join([*parts, *([_percent(item["share_rate"])] if share else [])]) or "0 元"
    rate = f"年利率（单利）{_percent(item['annual_rate'])}"
    if item.get("interest_free_days"):
        return f"{rate}，前 {item['interest_free_days']} 天免息"
    if "grace_days" in item:
        return f"{rate}；应还日后 {item['grace_days']} 天内还清不收"
    return rate


def _samples(samples: Sequence[Facts], ways: Mapping[str, Facts]) -> Table:
    return Table(
        _WAYS,
        tuple(
            (
                _way(one["option"], ways),
                str(one["installment_count"]),
                one["first_due_on"],
                _yuan(one["interest_minor"]),
                _yuan(one["fee_minor"]),
                _percent(one["apr_simple"]),
            )
            for one in samples
        ),
    )


def _late(samples: Sequence[Facts], ways: Mapping[str, Facts]) -> tuple[Block, ...]:
    rows = tuple(
        (
            _way(one["option"], ways),
            str(late["days"]),
            _yuan(late["cost_minor"]),
            _percent(late["apr_simple"]),
        )
        for one in samples
        for late in one["late"]
    )
    return (Table(_LATE, rows),) if rows else ()


def _way(code: str, ways: Mapping[str, Facts]) -> str:
    """`到期一次还本付息，约 30 天`; a code the product no longer has is printed as it is."""
    found = ways.get(code)
    if found is None:
        return code
    return f"{_METHODS.get(found['method'], found['method'])}，约 {found['days']} 天"


def _plain(text: str) -> str:
    """A fact cannot set its own emphasis."""
    return text.replace("*", "＊")


def _yuan(minor: int) -> str:
    return format_yuan(minor)


def _percent(rate: str) -> str:
    return f"{Decimal(rate) * 100:.2f}%"
