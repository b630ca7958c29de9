"""Registration numbers and mobile numbers: the ones that pass, and what is wrong with the rest."""

import pytest
from stdnum.cn import uscc

from tenants.domain import identifiers
from tenants.errors import BadPhone, BadRegistrationNumber


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("91000000MA0000001R", "company", "91000000MA0000001R"),
        ("91000000MADEM00011", "company", "91000000MADEM00011"),
        ("92000000MADEM0001X", "individual_business", "92000000MADEM0001X"),
        (" 91000000ma0000001r ", "company", "91000000MA0000001R"),
        ("91000000 MA000000 1R", "company", "91000000MA0000001R"),
    ],
)
def test_valid_codes_come_back_in_their_canonical_form(text: str, kind: str, code: str) -> None:
    assert identifiers.registration_no(text, kind=kind) == code


def test_a_village_code_begins_with_a_letter_and_is_valid() -> None:
    body = "N2000000MF000001X"
    code = body + uscc.calc_check_digit(body)
    assert identifiers.registration_no(code, kind="company") == code
    wrong = body + ("A" if code[-1] != "A" else "B")
    with pytest.raises(BadRegistrationNumber) as caught:
        identifiers.registration_no(wrong, kind="company")
    assert caught.value.facts == {"why": identifiers.WRONG_CHECK}


@pytest.mark.parametrize(
    ("text", "kind", "why"),
    [
        ("91000000MA0000001", "company", identifiers.WRONG_LENGTH),
        ("110000000000001", "company", identifiers.OLD_NUMBER),
        ("91000000MA0000001S", "company", identifiers.WRONG_LETTER),
        ("91000000MA0000O01R", "company", identifiers.WRONG_LETTER),
        ("91000000MA0000001Q", "company", identifiers.WRONG_CHECK),
        ("9100000AMA0000001R", "company", identifiers.WRONG_LETTER),
        ("91000000MA0000001R", "individual_business", identifiers.NOT_INDIVIDUAL),
        ("92000000MADEM0001X", "company", identifiers.NOT_COMPANY),
        ("91000000MA0000001R", "natural_person", identifiers.PERSONAL),
        ("", "company", identifiers.WRONG_LENGTH),
    ],
)
def test_a_refusal_says_what_is_wrong(text: str, kind: str, why: str) -> None:
    with pytest.raises(BadRegistrationNumber) as caught:
        identifiers.registration_no(text, kind=kind)
    assert caught.value.facts == {"why": why}
    assert caught.value.field == "registration_no"


@pytest.mark.parametrize(
    "text", ["13800000000", "+86 138 0000 0000", "86138-0000-0000", " 13800000000 "]
)
def test_mobile_numbers_are_eleven_digits(text: str) -> None:
    assert identifiers.mobile(text) == "13800000000"


@pytest.mark.parametrize(
    "text",
    ["", "12800000000", "1380000000", "138000000000", "１３８００００００００", "010-12345678"],
)
def test_other_numbers_are_refused(text: str) -> None:
    with pytest.raises(BadPhone):
        identifiers.mobile(text)
