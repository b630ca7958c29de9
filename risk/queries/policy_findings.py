"""Findings of a policy's analysis in the reader's language."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from platform_app.kernel.errors import gettext_noop
from platform_app.kernel.money import format_yuan
from risk.domain.fact_words import FACT_WORDS, MONEY
from risk.domain.policy import ELIGIBILITY, GRADE, KNOCK_OUT, OUTCOME
from risk.domain.policy_findings import WORDING
from risk.domain.price_findings import PRICE

_STAGES = {
    ELIGIBILITY: gettext_noop("Eligibility"),
    KNOCK_OUT: gettext_noop("Knock-out"),
    GRADE: gettext_noop("Grade"),
    OUTCOME: gettext_noop("Outcome"),
    PRICE: gettext_noop("Price table"),
}
_MISSING = gettext_noop("missing")
_ANYTHING = gettext_noop("any input")
_TERMS = {"term_days": gettext_noop("term in days")}


def told(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """One sentence for each finding, taken as the JSON that a refusal's facts carry."""
    return [_sentence(finding, str) for finding in findings]


def told_in_words(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """The same with the facts by what a person calls them, amounts in yuan."""
    return [_sentence(finding, fact_label) for finding in findings]


def stage_label(stage: str) -> str:
    """The name of a stage."""
    return gettext(_STAGES[stage])


def fact_label(fact: str) -> str:
    """What a person calls a fact."""
    if fact in _TERMS:
        return gettext(_TERMS[fact])
    return gettext(FACT_WORDS[fact][0]) if fact in FACT_WORDS else fact


def _sentence(finding: Mapping[str, Any], name_of: Callable[[str], str]) -> str:
    is_plain = name_of is str
    inputs = [
        f"{name_of(name)} = {_value(name, fact, is_plain=is_plain)}"
        for name, fact in finding["example"].items()
    ]
    return gettext(WORDING[finding["code"]]).format(
        stage=gettext(_STAGES[finding["stage"]]),
        row=finding["row"],
        others=" + ".join(str(number) for number in finding["others"]),
        fact=finding["fact"] and name_of(finding["fact"]),
        example=", ".join(inputs) or gettext(_ANYTHING),
    )


def _value(name: str, fact: Any, *, is_plain: bool) -> str:
    if fact is None:
        return gettext(_MISSING)
    if (
        not is_plain
        and isinstance(fact, int)
        and name in FACT_WORDS
        and FACT_WORDS[name][1] == MONEY
    ):
        return f"¥{format_yuan(fact)}"
    return str(fact)
