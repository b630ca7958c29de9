"""Short texts that people and machines type in: one line, bounded, without control characters."""

import unicodedata

from platform_app.kernel.errors import Invalid


def one_line(text: str, *, field: str, longest: int = 200, required: bool = True) -> str:
    """The text without outer spaces. Raises Invalid: empty (if required), too long, not a line."""
    cleaned = text.strip()
    if (required and not cleaned) or len(cleaned) > longest or has_control(cleaned):
        raise Invalid(field=field)
    return cleaned


def has_control(text: str) -> bool:
    """Whether the text holds NUL, a line break or another control or format character."""
    return not text.isprintable() and any(
        unicodedata.category(letter) in {"Cc", "Cs"} for letter in text
    )
