"""What pages of an application may hold half filled in, and what a file is by its first bytes."""

from typing import Final

DRAFT_FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "firm": ("registration_no",),
    "legal": ("name", "identity_no", "phone", "applies"),
    "applicant": ("name", "identity_no", "phone"),
    "asks": tuple(f"answer_{number}" for number in range(1, 21)),
    "account": ("kind", "bank_name", "holder_name", "number"),
}
LONGEST_DRAFT: Final = 500
DRAFT_DAYS: Final = 30

_MAGIC: Final[tuple[tuple[bytes, int, str], ...]] = (
    (b"\xff\xd8\xff", 0, "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png"),
    (b"WEBP", 8, "image/webp"),
    (b"%PDF-", 0, "application/pdf"),
)


def content_type(content: bytes) -> str:
    """The type of a file by its content, or nothing when it is none we take."""
    for magic, start, kind in _MAGIC:
        if content[start : start + len(magic)] == magic:
            return "" if kind == "image/webp" and content[:4] != b"RIFF" else kind
    return ""
