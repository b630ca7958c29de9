"""Obviously fake identifiers whose check digits are right, for sandbox, replay and demo."""

from stdnum.cn import ric, uscc

from tenants.domain.identity import luhn_sum

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def fake_registration_no(number: int) -> str:
    """A unified social credit code in region 000000, which no real firm has."""
    digits = ""
    for _ in range(9):
        number, index = divmod(number, len(_LETTERS))
        digits = _LETTERS[index] + digits
    body = "91000000" + digits
    return body + str(uscc.calc_check_digit(body))


def fake_identity_no(number: int) -> str:
    """An identity number of region 000000, born on the first of January 1980."""
    body = f"00000019800101{number % 1000:03d}"
    return body + str(ric.calc_check_digit(body + "0"))


def fake_card_no(number: int) -> str:
    """A card number beginning with 00, which no bank issues."""
    body = f"00{number % 10**13:013d}"
    return body + str(-luhn_sum(body + "0") % 10)


def fake_photo(number: int) -> bytes:
    """The smallest thing that is a JPEG by its first and last bytes, different for each number."""
    return b"\xff\xd8\xff\xe0" + f"sample {number}".encode() + b"\xff\xd9"
