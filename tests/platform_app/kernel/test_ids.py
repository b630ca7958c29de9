"""Public ids: there and back, in the order they were made, never under another prefix."""

from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from platform_app.kernel import ids

prefixes = st.from_regex(r"[a-z]{3}", fullmatch=True)


@given(prefixes, st.uuids())
@example("mch", UUID(int=0))
@example("mch", UUID(int=2**128 - 1))
def test_there_and_back(prefix: str, value: UUID) -> None:
    text = ids.from_uuid(prefix, value)
    assert len(text) == len(prefix) + 27
    assert ids.to_uuid(prefix, text) == value


@given(st.uuids(), st.uuids())
def test_text_sorts_as_uuids_do(first: UUID, second: UUID) -> None:
    assert (ids.from_uuid("mch", first) < ids.from_uuid("mch", second)) == (first < second)


def test_the_published_example_of_the_layout() -> None:
    value = UUID("0188bac7-4afa-78aa-bc3b-bd1eef28d881")
    assert ids.from_uuid("prefix", value) == "prefix_01h2xcejqtf2nbrexx3vqjhp41"


def test_new_ids_rise_and_differ() -> None:
    made = [ids.new_id("mch") for _ in range(1000)]
    assert made == sorted(set(made))
    assert ids.new_uuid().version == 7


@given(prefixes, prefixes, st.uuids())
def test_a_foreign_prefix_is_refused(prefix: str, other: str, value: UUID) -> None:
    if prefix != other:
        with pytest.raises(ValueError, match=f"not a {other} id"):
            ids.to_uuid(other, ids.from_uuid(prefix, value))


@pytest.mark.parametrize(
    "text",
    [
        "", "mch", "mch_", "_01h2xcejqtf2nbrexx3vqjhp41", "mch_01h2xcejqtf2nbrexx3vqjhp4",
        "mch_01h2xcejqtf2nbrexx3vqjhp411", "mch_81h2xcejqtf2nbrexx3vqjhp41",
        "mch_01H2XCEJQTF2NBREXX3VQJHP41", "mch_01h2xcejqtf2nbrexx3vqjhpu1",
        "mch_01h2xcejqtf2nbrexx3vqjhp4 ", "mch_01h2xcejqtf2nbrexx3vqjh\x00p4",
        "mch_０1h2xcejqtf2nbrexx3vqjhp41",
    ],
)  # fmt: skip
def test_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a mch id"):
        ids.to_uuid("mch", text)


@given(st.text())
def test_any_text_is_an_id_or_a_refusal(text: str) -> None:
    try:
        value = ids.to_uuid("mch", f"mch_{text}")
    except ValueError:
        return
    assert ids.from_uuid("mch", value) == f"mch_{text}"
