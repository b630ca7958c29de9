"""QR codes as pictures."""

import io
from typing import Final

import segno

INK: Final = "#101828"


def qr_svg(text: str) -> str:
    """The text as a QR code, an SVG document of its own."""
    file = io.BytesIO()
    segno.make(text, micro=False, error="m").save(
        file, kind="svg", scale=6, border=2, dark=INK, xmldecl=False
    )
    return file.getvalue().decode().strip()


def qr_data_uri(text: str) -> str:
    """The same as the address of an image."""
    return str(segno.make(text, micro=False, error="m").svg_data_uri(scale=6, border=2, dark=INK))
