"""Every code a card or a policy can give has words."""

from risk.domain.defaults import scorecard_body
from risk.domain.reasons import REASONS, first_reasons
from risk.domain.verdict import TOO_SMALL
from risk.models import Policy
from risk.queries.reasons import reasons_for


def test_every_code_of_the_defaults_has_words(tenant_id: str) -> None:
    body = Policy.objects.get(tenant_id=tenant_id).body
    given = {row["then"].get("reason") for stage in body["stages"] for row in stage["rows"]}
    given |= {row["reason_code"] for row in scorecard_body()["rows"]} | {TOO_SMALL}
    assert given - {None} == set(REASONS)
    found = reasons_for(["few_orders", "tenure_short"])
    assert [(reason.code, reason.is_actionable) for reason in found] == [
        ("few_orders", True),
        ("tenure_short", False),
    ]
    assert found[0].wording == "There are too few orders to go by."


def test_at_most_four_and_each_once() -> None:
    assert first_reasons(("a",), ("b", "a", "c", "d", "e")) == ("a", "b", "c", "d")
