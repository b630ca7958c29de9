"""A refusal reads the same everywhere: code, facts, both languages."""

import pickle
import re
from pathlib import Path

import pytest
from django.utils.translation import gettext, override

from platform_app.kernel import errors
from platform_app.kernel.http import say


class OverLimit(errors.Refused):
    code = "over_limit"
    message = "The order of {amount} is more than the {available} left for {who}."


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(errors.DomainError, 422, "refused"), (errors.Invalid, 422, "invalid"),
     (errors.Refused, 422, "refused"), (errors.NotFound, 404, "not_found"),
     (errors.Conflict, 409, "conflict"), (errors.Forbidden, 403, "forbidden"),
     (errors.Unavailable, 503, "try_again")],
)  # fmt: skip
def test_status_and_code(error: type[errors.DomainError], status: int, code: str) -> None:
    assert (error.status, error.code) == (status, code)


def test_money_facts_are_written_in_yuan() -> None:
    error = OverLimit(field="amount", amount_minor=1_234_567, available_minor=5, who="A{amount}")
    assert say(error, "en") == "The order of 12,345.67 is more than the 0.05 left for A{amount}."
    assert error.field == "amount"
    assert error.facts == {"amount_minor": 1_234_567, "available_minor": 5, "who": "A{amount}"}


def test_what_may_be_missing_has_a_word_in_the_catalog() -> None:
    root = Path(errors.__file__).parents[2]
    files = [
        f for app in ("tenants", "risk", "credit", "analytics") for f in root.glob(f"{app}/**/*.py")
    ]
    named = re.compile(r'(?:NotFound\(noun=|missing\()"([^"]+)"')
    said = {noun for file in files for noun in named.findall(file.read_text())}
    assert said <= set(errors.NOUNS)
    with override("zh-hans"):
        assert [noun for noun in errors.NOUNS if gettext(noun).isascii()] == []
    assert say(errors.NotFound(noun="merchant"), "zh-hans") == "没有这个编号的商户。"


def test_a_missing_fact_stays_visible() -> None:
    assert str(errors.NotFound()) == "There is no {noun} with this id."
    assert say(errors.NotFound(), "en") == "There is no {noun} with this id."
    assert str(errors.NotFound(noun="drawdown")) == "There is no drawdown with this id."


def test_both_languages() -> None:
    error = errors.Forbidden()
    with override("zh-hans"):
        here = say(error)
        assert say(error, "en") == "You are not allowed to do this."
        assert say(error, "zh-hans") == here
    with override("en"):
        assert say(error) == "You are not allowed to do this."
        assert say(error, "zh-hans") == here


def test_a_fact_is_translated_too() -> None:
    with override("zh-hans"):
        assert "{" not in say(errors.NotFound(noun="Monday"))
        assert "星期一" in say(errors.NotFound(noun="Monday"))


def test_a_refusal_crosses_to_another_process_whole() -> None:
    error = OverLimit(field="amount", amount_minor=7, available_minor=5, who="B")
    copy = pickle.loads(pickle.dumps(error))  # noqa: S301 -- what we have just written
    assert (type(copy), copy.field, copy.facts) == (OverLimit, "amount", error.facts)
    assert str(copy) == str(error)
