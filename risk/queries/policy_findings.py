"""Findings of a policy's analysis in the reader's language."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from platform_app.kernel.errors import gettext_noop
from risk.domain.policy import ELIGIBILITY, GRADE, KNOCK_OUT, OUTCOME
from risk.domain.policy_findings import WORDING

_STAGES = {
    ELIGIBILITY: gettext_noop("Eligibility"),
    KNOCK_OUT: gettext_noop("Knock-out"),
    GRADE: gettext_noop("Grade"),
    OUTCOME: gettext_noop("Outcome"),
}
_MISSING = gettext_noop("missing")
_ANYTHING = gettext_noop("any input")


def told(findings: Iterable[Mapping[str, Any]]) -> list[str]:
    """One sentence for each finding, taken as the JSON that a refusal's facts carry."""
    return [_sentence(finding) for finding in findings]


def _sentence(finding: Mapping[str, Any]) -> str:
    inputs = [
        f"{name} = {gettext(_MISSING) if fact is None else fact}"
        for name, fact in finding["example"].items()
    ]
    return gettext(WORDING[finding["code"]]).format(
        stage=gettext(_STAGES[finding["stage"]]),
        row=finding["row"],
        others=" + ".join(str(number) for number in finding["others"]),
        fact=finding["fact"],
        example=", ".join(inputs) or gettext(_ANYTHING),
    )
