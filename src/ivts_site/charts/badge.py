"""The badge: a picture of one line for other pages."""

from __future__ import annotations

import html

from ivts_site.charts.labels import text_width
from ivts_site.charts.theme import COLOURS, clean

HEIGHT = 20
SIZE = 11
PAD = 7
BASE_LINE = 14


def draw_badge(label: str, message: str, regime: str) -> bytes:
    """Return the badge as SVG: plain text in two halves, the right one in the color of the regime.

    The regime's word is in the message, so that color tells nothing alone. Each text is set to a length of
    its own, so that it fits whatever face a reader has.
    """
    label, message = clean(label), clean(message)
    left, right = (round(text_width(text, SIZE)) + 2 * PAD for text in (label, message))
    title = html.escape(f"{label}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="{HEIGHT}" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        f'<rect width="{left + right}" height="{HEIGHT}" rx="3" fill="{COLOURS["ink"]}"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v{HEIGHT - 6}a3 3 0 0 1-3 3h-{right - 3}z" '
        f'fill="{COLOURS[regime]}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="{SIZE}">'
        f"{_text(label, PAD, left)}{_text(message, left + PAD, right)}</g></svg>\n"
    ).encode()


def _text(text: str, x: int, width: int) -> str:
    return f'<text x="{x}" y="{BASE_LINE}" textLength="{width - 2 * PAD}">{html.escape(text)}</text>'
