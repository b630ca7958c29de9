"""Reading a PDF back, for tests."""

import io

from pypdf import PdfReader


def pages_of(content: bytes | memoryview) -> list[str]:
    """The text of each page, without the spaces that only set things apart."""
    reader = PdfReader(io.BytesIO(bytes(content)))
    return ["".join(page.extract_text().split()) for page in reader.pages]


def text_of(content: bytes | memoryview) -> str:
    return "".join(pages_of(content))
