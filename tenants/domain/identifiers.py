"""Numbers that carry their own check: the firm's unified social credit code, mobile numbers."""

import re
from typing import Final

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError

from platform_app.kernel.errors import gettext_noop
from tenants.errors import BadPhone, BadRegistrationNumber

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_LETTER_REGISTRAR: Final = re.compile(rf"[ANY][{ALPHABET}][0-9]{{6}}[{ALPHABET}]{{10}}")
_INDIVIDUAL: Final = "92"
_OLD_LICENCE: Final = re.compile(r"[0-9]{15}")

WRONG_LENGTH: Final = gettext_noop("it must have 18 characters")
OLD_NUMBER: Final = gettext_noop(
    "this is the old 15-digit licence number, use the 18-character one"
)
WRONG_LETTER: Final = gettext_noop(
    "the letters I, O, S, V and Z are never used, check 1, 0, 5 and 2"
)
WRONG_CHECK: Final = gettext_noop("the last character does not match, one of them is mistyped")
NOT_INDIVIDUAL: Final = gettext_noop("codes of individual businesses begin with 92")
NOT_COMPANY: Final = gettext_noop("a code beginning with 92 belongs to an individual business")
PERSONAL: Final = gettext_noop("a natural person has none, and identity numbers do not belong here")


def registration_no(text: str, *, kind: str) -> str:
    """The canonical 18-character code for a firm of this kind (GB 32100-2015).

    Raises BadRegistrationNumber saying what is wrong. Any of the 31 letters may be the check
    character; registrars of the army and of villages write a letter first, which python-stdnum's
    format rule refuses, so for those only its check character is asked.
    """
    if kind == "natural_person":
        raise BadRegistrationNumber(field="registration_no", why=PERSONAL)
    code = uscc.compact(text)
    why = _fault(code)
    if why is None and kind == "individual_business" and not code.startswith(_INDIVIDUAL):
        why = NOT_INDIVIDUAL
    if why is None and kind == "company" and code.startswith(_INDIVIDUAL):
        why = NOT_COMPANY
    if why is not None:
        raise BadRegistrationNumber(field="registration_no", why=why)
    return str(code)


def _fault(code: str) -> str | None:
    if _LETTER_REGISTRAR.fullmatch(code):
        return None if code[-1] == uscc.calc_check_digit(code[:-1]) else WRONG_CHECK
    try:
        uscc.validate(code)
    except InvalidLength:
        return OLD_NUMBER if _OLD_LICENCE.fullmatch(code) else WRONG_LENGTH
    except InvalidChecksum:
        return WRONG_CHECK
    except ValidationError:
        return WRONG_LETTER
    return None


def mobile(text: str) -> str:
    """Eleven digits of a mainland mobile number; spaces, hyphens and +86 are taken off.

    Raises BadPhone. Prefix tables are not asked: virtual operators come and go.
    """
    match = _MOBILE.fullmatch(re.sub(r"[\s-]", "", text))
    if match is None or not text.isascii():
        raise BadPhone(field="phone")
    return match.group(1)
