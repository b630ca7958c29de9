"""The layout kit: same sheet, same bytes; pages, breaks, and text that can be read back."""

import pytest

from credit.domain.paper import Column, Heading, Lines, Pairs, Paper, Signature, Table
from credit.gateways.pdf import render, sha256
from credit.gateways.typesetting import CHINESE, LATIN, runs, width_of, wrapped
from tests.credit.papers import pages_of, text_of


def paper(*blocks: object, is_wide: bool = False) -> Paper:
    return Paper(
        title="对账单", number="DZ-1", footer="示例小额贷款有限公司", blocks=tuple(blocks),  # type: ignore[arg-type]
        is_wide=is_wide,
    )  # fmt: skip


def table(count: int) -> Table:
    return Table(
        (Column("订单号", 2), Column("金额", 1, is_number=True)),
        tuple((f"PO-{number}", f"{number},000.00") for number in range(count)),
        ("合计", "9,999.00"),
    )


def test_the_same_sheet_gives_the_same_bytes() -> None:
    sheet = paper(Lines(("兹证明",)), table(3), Signature(("示例",)))
    assert render(sheet) == render(sheet)
    assert sha256(render(sheet)) != sha256(render(paper(Lines(("特此证明",)))))


def test_everything_on_the_sheet_can_be_read_back() -> None:
    sheet = paper(
        Heading("还款计划"), Pairs((("借款人", "宠物店 M-1"),)),
        Lines(("共 ¥1,280.00 元，**逾期**计收。",)),
        table(2), Signature(("资金方", "2026 年 4 月 1 日")),
    )  # fmt: skip
    text = text_of(render(sheet))
    for words in (
        "对账单", "编号：DZ-1", "还款计划", "借款人宠物店M-1", "共¥1,280.00元，逾期计收。",
        "PO-11,000.00",
        "合计9,999.00", "2026年4月1日", "第1页，共1页", "示例小额贷款有限公司",
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize(("is_wide", "page_count"), [(False, 3), (True, 4)])
def test_a_long_table_turns_pages_and_repeats_its_head(*, is_wide: bool, page_count: int) -> None:
    pages = pages_of(render(paper(table(80), is_wide=is_wide)))
    assert len(pages) == page_count
    for number, page in enumerate(pages, 1):
        assert page.count("订单号金额") == 1
        assert f"第{number}页，共{page_count}页" in page
    assert "".join(pages).count("PO-") == 80
    assert [page.count("合计9,999.00") for page in pages] == [0] * (page_count - 1) + [1]


def test_chinese_and_latin_stand_in_fonts_of_their_own() -> None:
    assert list(runs("本金 12.00 元")) == [
        (CHINESE, "本金"), (LATIN, " 12.00 "), (CHINESE, "元"),
    ]  # fmt: skip
    assert list(runs("店𠮷")) == [(CHINESE, "店〓")]
    assert width_of("本金", 10) == 20
    assert width_of("", 10) == 0


def lines(text: str, width: float) -> list[str]:
    return ["".join(piece.text for piece in line) for line in wrapped(text, width, 10)]


def test_lines_break_where_they_may() -> None:
    assert lines("应还本金利息", 40) == ["应还本金", "利息"]
    assert lines("应还本金，利息", 40) == ["应还本", "金，利息"]
    assert lines("pay off", 25) == ["pay ", "off"]
    assert "".join(lines("a" * 40, 50)) == "a" * 40
    assert all(width_of(line, 10) <= 50 for line in lines("a" * 40, 50))
    assert lines("", 40) == [""]


def test_what_weighs_on_the_reader_is_marked_across_a_break() -> None:
    first, second = wrapped("一**二三四**五", 30, 10)
    assert [(piece.text, piece.is_weighty) for piece in first] == [("一", False), ("二三", True)]
    assert [(piece.text, piece.is_weighty) for piece in second] == [("四", True), ("五", False)]
