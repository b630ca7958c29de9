"""The partner's color as a stylesheet of its own: the CSP allows no inline style."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenants.interfaces.merchant.shell import find_tenant

DEFAULT: Final = "#0F766E"
READABLE: Final = 4.5  # WCAG AA, text on its ground
_WHITE: Final = (255, 255, 255)
_BLACK: Final = (0, 0, 0)
_PAPER: Final = (251, 251, 249)
_KNEE: Final = 0.04045  # below it, sRGB is linear

Color = tuple[int, int, int]


@require_safe
def theme(request: HttpRequest, tenant_id: str) -> HttpResponse:  # noqa: ARG001 -- Django's signature
    """The accent as CSS variables; the default accent for a platform we do not know."""
    tenant = find_tenant(tenant_id)
    accent = tenant.accent if tenant else DEFAULT
    return HttpResponse(
        stylesheet(accent),
        content_type="text/css; charset=utf-8",
        headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"},
    )


def stylesheet(accent: str) -> str:
    """`--accent` as the brand has it, `--accent-ink` dark enough for words, `--accent-tint`."""
    color = _read(accent)
    tint = _mixed(color, _PAPER, 0.92)
    variables = {"accent": color, "accent-ink": readable(color, tint), "accent-tint": tint}
    lines = "".join(f"  --{name}: {_written(value)};\n" for name, value in variables.items())
    return f":root {{\n{lines}}}\n"


def readable(color: Color, ground: Color = _WHITE) -> Color:
    """The color, darkened in small steps until it can be read on `ground` (and white on it)."""
    for step in range(51):
        darker = _mixed(color, _BLACK, step / 50)
        if min(contrast(darker, ground), contrast(darker, _WHITE)) >= READABLE:
            return darker
    return _BLACK


def contrast(one: Color, other: Color) -> float:
    """WCAG 2 contrast ratio, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color]
    linear = [p / 12.92 if p <= _KNEE else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _mixed(color: Color, other: Color, share: float) -> Color:
    red, green, blue = (
        round(a * (1 - share) + b * share) for a, b in zip(color, other, strict=True)
    )
    return red, green, blue


def _read(text: str) -> Color:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


def _written(color: Color) -> str:
    return "#" + "".join(f"{part:02X}" for part in color)
