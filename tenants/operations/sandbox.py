"""Obviously fake identifiers whose check digits are right, for sandbox, replay and demo."""

from stdnum.cn import uscc

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def fake_registration_no(number: int) -> str:
    """A unified social credit code in region 000000, which no real firm has."""
    digits = ""
    for _ in range(9):
        number, index = divmod(number, len(_LETTERS))
        digits = _LETTERS[index] + digits
    body = "91000000" + digits
    return body + str(uscc.calc_check_digit(body))
