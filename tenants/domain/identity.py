"""Numbers of people and accounts: each fault is named with the place to look at."""

import re
import unicodedata
from datetime import date
from typing import Final

from stdnum.cn import ric

from platform_app.kernel.errors import gettext_noop
from tenants.errors import BadAccountNumber, BadIdentityNumber

LENGTH: Final = 18
OF_AGE: Final = 18
_BIRTH: Final = slice(6, 14)
_CARD_DIGITS: Final = range(13, 20)
_ACCOUNT_DIGITS: Final = range(8, 33)

NOT_EIGHTEEN: Final = gettext_noop("{count} characters so far, 18 are needed.")
NOT_A_DIGIT: Final = gettext_noop("character {place}, “{letter}”, should be a digit.")
NOT_A_LAST: Final = gettext_noop("character 18 is a digit or the letter X.")
NO_SUCH_DAY: Final = gettext_noop("characters 7 to 14 are the date of birth; {day} is no date.")
NO_MATCH: Final = gettext_noop(
    "the check character (18) does not match, one of the 18 is mistyped."
)
UNDERAGE: Final = gettext_noop("by its date of birth the person is not yet 18 years old.")
ONLY_DIGITS: Final = gettext_noop("it has digits only.")
CARD_LENGTH: Final = gettext_noop("a card has 13 to 19 digits, these are {count}.")
CARD_CHECK: Final = gettext_noop(
    "the digits do not fit together, one is mistyped or two are swapped."
)
ACCOUNT_LENGTH: Final = gettext_noop("a firm's account has 8 to 32 digits, these are {count}.")


def identity_no(text: str, *, on: date) -> str:
    """Eighteen characters of a resident identity number (GB 11643), of an adult on that day.

    Raises BadIdentityNumber with `why` and the place. Places of birth are not looked up: codes of
    counties come and go, and a table that lags would turn people away.
    """
    code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()
    if len(code) != LENGTH:
        raise BadIdentityNumber(field="identity_no", why=NOT_EIGHTEEN, count=len(code))
    for place, letter in enumerate(code[:-1], start=1):
        if letter not in "0123456789":
            raise BadIdentityNumber(
                field="identity_no", why=NOT_A_DIGIT, place=place, letter=letter
            )
    if code[-1] not in "0123456789X":
        raise BadIdentityNumber(field="identity_no", why=NOT_A_LAST)
    born = _birthday(code)
    if born is None or born > on:
        raise BadIdentityNumber(field="identity_no", why=NO_SUCH_DAY, day=code[_BIRTH])
    if ric.calc_check_digit(code) != code[-1]:
        raise BadIdentityNumber(field="identity_no", why=NO_MATCH)
    if (on.year - born.year) - ((on.month, on.day) < (born.month, born.day)) < OF_AGE:
        raise BadIdentityNumber(field="identity_no", why=UNDERAGE)
    return code


def account_no(text: str, *, kind: str) -> str:
    """The digits of a bank card (with Luhn's check) or of a firm's account (which has none).

    Raises BadAccountNumber.
    """
    digits = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text))
    if not digits.isascii() or not digits.isdigit():
        raise BadAccountNumber(field="number", why=ONLY_DIGITS)
    if kind == "card":
        if len(digits) not in _CARD_DIGITS:
            raise BadAccountNumber(field="number", why=CARD_LENGTH, count=len(digits))
        if luhn_sum(digits) % 10:
            raise BadAccountNumber(field="number", why=CARD_CHECK)
    elif len(digits) not in _ACCOUNT_DIGITS:
        raise BadAccountNumber(field="number", why=ACCOUNT_LENGTH, count=len(digits))
    return digits


def luhn_sum(digits: str) -> int:
    """Luhn's sum; a good card number's ends in 0."""
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled)  # noqa: PLR2004 -- its two digits added


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for width of letters, brackets, dots and spaces."""
    return _plain(one) == _plain(other) != ""


def _plain(name: str) -> str:
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[\s·•・.]", "", plain)


def _birthday(code: str) -> date | None:
    digits = code[_BIRTH]
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
