"""Identity and account numbers: what is wrong is named with its place."""

from datetime import date

import pytest

from platform_app.kernel.http import say
from tenants.domain.identity import account_no, identity_no, same_name
from tenants.domain.onboarding import content_type
from tenants.errors import BadAccountNumber, BadIdentityNumber
from tenants.operations.sandbox import fake_card_no, fake_identity_no, fake_photo

ON = date(2026, 3, 2)
GOOD = fake_identity_no(1)


def test_a_good_number_is_taken_with_spaces_and_wide_digits() -> None:
    assert identity_no(f" {GOOD[:6]} {GOOD[6:14]}-{GOOD[14:].lower()}", on=ON) == GOOD
    wide = GOOD.translate({ord(d): ord(d) + 0xFEE0 for d in "0123456789"})
    assert identity_no(wide, on=ON) == GOOD


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD[:-1], "17 characters so far, 18 are needed."),
        ("", "0 characters so far, 18 are needed."),
        (GOOD[:4] + "O" + GOOD[5:], "character 5, “O”, should be a digit."),
        (GOOD[:-1] + "Z", "character 18 is a digit or the letter X."),
        (
            GOOD[:6] + "19800230" + GOOD[14:],
            "characters 7 to 14 are the date of birth; 19800230 is no date.",
        ),
        (
            GOOD[:6] + "20990101" + GOOD[14:],
            "characters 7 to 14 are the date of birth; 20990101 is no date.",
        ),
        (
            GOOD[:14] + "999" + GOOD[17:],
            "the check character (18) does not match, one of the 18 is mistyped.",
        ),
    ],
)
def test_a_fault_names_its_place(text: str, words: str) -> None:
    with pytest.raises(BadIdentityNumber) as refusal:
        identity_no(text, on=ON)
    assert say(refusal.value, "en") == f"This identity number cannot be right: {words}"
    assert refusal.value.field == "identity_no"


def test_of_age_on_the_eighteenth_birthday_and_not_a_day_before() -> None:
    assert identity_no(GOOD, on=date(1998, 1, 1)) == GOOD
    with pytest.raises(BadIdentityNumber) as refusal:
        identity_no(GOOD, on=date(1997, 12, 31))
    assert "not yet 18 years old" in say(refusal.value, "en")


def test_a_card_has_luhns_check_and_a_firms_account_has_none() -> None:
    card = fake_card_no(7)
    assert account_no(f"{card[:4]} {card[4:]}", kind="card") == card
    assert account_no("11001234567890", kind="corporate") == "11001234567890"


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("62O0", "card", "it has digits only."),
        ("", "corporate", "it has digits only."),
        ("123456789012", "card", "a card has 13 to 19 digits, these are 12."),
        ("0000000000000001", "card", "the digits do not fit together, one is mistyped or two"),
        ("1234567", "corporate", "a firm's account has 8 to 32 digits, these are 7."),
    ],
)
def test_a_wrong_account_says_what_to_look_for(text: str, kind: str, words: str) -> None:
    with pytest.raises(BadAccountNumber) as refusal:
        account_no(text, kind=kind)
    assert words in say(refusal.value, "en")


def test_swapped_neighbors_on_a_card_are_noticed() -> None:
    with pytest.raises(BadAccountNumber):
        account_no("4539578763612486", kind="card")
    assert account_no("4539578763621486", kind="card") == "4539578763621486"


def test_names_are_the_same_but_for_width_brackets_and_dots() -> None:
    assert same_name("示例（上海）有限公司", "示例(上海) 有限公司")
    assert same_name("阿依·古丽", "阿依古丽")
    assert not same_name("示例有限公司", "示例公司")
    assert not same_name("", " ")


def test_a_file_is_what_its_first_bytes_are() -> None:
    assert content_type(fake_photo(1)) == "image/jpeg"
    assert content_type(b"\x89PNG\r\n\x1a\n...") == "image/png"
    assert content_type(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert content_type(b"XXXX\x00\x00\x00\x00WEBPVP8 ") == ""
    assert content_type(b"%PDF-1.7") == "application/pdf"
    assert content_type(b"<svg onload=alert(1)>") == ""
    assert content_type(b"") == ""
