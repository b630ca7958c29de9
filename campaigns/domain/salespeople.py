"""Words about a salesperson as they are typed, and what a QR code says."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from campaigns.errors import BadSalespersonCode, SalespersonTokenInvalid
from platform_app.kernel.errors import Invalid
from tenants.errors import BadPhone

PARAMETER: Final = "bt_sp"
VERSION: Final = "1"
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
_MOBILE: Final = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_TOKEN: Final = re.compile(r"1\.(sls_[0-9a-z]{26})\.([1-9][0-9]{0,8})\.([0-9]{10})\.([0-9a-f]{32})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a QR code says: whose it is, which issue, until when (Unix seconds), and the proof."""

    salesperson_id: str
    number: int
    expires: int
    proof: str = ""

    @property
    def said(self) -> str:
        """What the proof is over."""
        return f"{VERSION}.{self.salesperson_id}.{self.number}.{self.expires}"

    def __str__(self) -> str:
        return f"{self.said}.{self.proof}"


def read_token(text: str) -> Token:
    """The parts of a token; whether it is genuine is another question. Raises ...TokenInvalid."""
    match = _TOKEN.fullmatch(text.strip())
    if match is None:
        raise SalespersonTokenInvalid(field="salesperson_token")
    whose, number, expires, proof = match.groups()
    return Token(salesperson_id=whose, number=int(number), expires=int(expires), proof=proof)


def salesperson_code(text: str) -> str:
    """The platform's own code, fit to stand in an address. Raises BadSalespersonCode."""
    code = text.strip()
    if not _CODE.fullmatch(code):
        raise BadSalespersonCode(field="code")
    return code


def mobile(text: str) -> str:
    """Eleven digits; spaces, hyphens and +86 are taken off. Raises BadPhone."""
    match = _MOBILE.fullmatch(re.sub(r"[\s-]", "", text)) if text.isascii() else None
    if match is None:
        raise BadPhone(field="phone")
    return match.group(1)


def one_line(text: str, *, field: str, longest: int, required: bool = True) -> str:
    """The text without outer spaces and marks that cannot be seen, such as those of direction.

    Raises Invalid: empty (if required), too long, not a line.
    """
    words = "".join(one for one in text if unicodedata.category(one) != "Cf").strip()
    if (required and not words) or len(words) > longest:
        raise Invalid(field=field)
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in words):
        raise Invalid(field=field)
    return words


def origin_of(url: str) -> str:
    """`https://shop.example` of an address, empty when it is none that a QR code may open."""
    try:
        parts = urlsplit(url)
        is_named = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc.lower()}" if is_named else ""


def with_token(url: str, token: str, parameter: str = PARAMETER) -> str:
    """The platform's page with the token in its query; what else it says there stays."""
    parts = urlsplit(url)
    told = [
        one for one in parse_qsl(parts.query, keep_blank_values=True) if one[0] != parameter
    ]  # fmt: skip
    return parts._replace(query=urlencode([*told, (parameter, token)])).geturl()
