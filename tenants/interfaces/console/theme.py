"""The partner's colour on our paper: four shades of its accent, readable whatever it chose."""

from typing import Final

from django.http import HttpResponse

from tenants.access.console import ConsoleRequest, console_view

PAPER: Final = (0xFB, 0xFB, 0xF9)
INK: Final = (0x1C, 0x20, 0x24)
WHITE: Final = (0xFF, 0xFF, 0xFF)
READABLE: Final = 4.5  # WCAG 2.2 AA, normal text
LINEAR: Final = 0.04045  # below it sRGB is linear
Color = tuple[int, int, int]


@console_view()
def stylesheet(request: ConsoleRequest) -> HttpResponse:
    """Custom properties only; everything else is in console.css."""
    rules = "".join(f"--{name}:{value};" for name, value in shades(request.tenant.accent).items())
    response = HttpResponse(f":root{{{rules}}}\n", content_type="text/css; charset=utf-8")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def shades(accent: str) -> dict[str, str]:
    """The accent, the ink that reads on it, a shade that reads on paper, and a pale ground."""
    color = (int(accent[1:3], 16), int(accent[3:5], 16), int(accent[5:7], 16))
    on_accent = WHITE if contrast(color, WHITE) >= contrast(color, INK) else INK
    strong = color
    while contrast(strong, PAPER) < READABLE:
        strong = _mix(strong, INK, 0.1)
    return {
        "accent": _hex(color),
        "accent-on": _hex(on_accent),
        "accent-strong": _hex(strong),
        "accent-pale": _hex(_mix(PAPER, color, 0.08)),
    }


def contrast(one: Color, other: Color) -> float:
    """The WCAG contrast ratio of two colours: 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color]
    red, green, blue = [p / 12.92 if p <= LINEAR else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(ground: Color, color: Color, share: float) -> Color:
    red, green, blue = (round(g + (c - g) * share) for g, c in zip(ground, color, strict=True))
    return red, green, blue


def _hex(color: Color) -> str:
    return "#{:02X}{:02X}{:02X}".format(*color)
