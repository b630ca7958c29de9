"""The guide to the sandbox says what the code does."""

from pathlib import Path

from django.utils.translation import override

from credit.enums import Scenario
from tenants.domain.magic import DECLINED_ENDING, TIMES_OUT_ENDING
from tenants.enums import MagicWord
from tenants.operations.test_clocks import MOST_DAYS
from tests.docs.test_docs import rows_of

GUIDE = Path(__file__).parents[2] / "docs/partners/sandbox.md"


def test_every_magic_value_and_scenario_stands_in_the_guide_with_its_words() -> None:
    with override("en"):
        words = {f"`{word.value}`": str(word.label) for word in MagicWord}
        words |= {f"`{one.value}`": str(one.label) for one in Scenario}
    said = {cells[0]: cells[1] for cells in rows_of(GUIDE) if cells[0].startswith("`")}
    amounts = {f"`…{ending:02}`" for ending in (DECLINED_ENDING, TIMES_OUT_ENDING)}
    assert {value: text for value, text in said.items() if value not in amounts} == words
    assert set(said) - set(words) == amounts
    assert f"At most {MOST_DAYS} days at once" in GUIDE.read_text(encoding="utf-8")
