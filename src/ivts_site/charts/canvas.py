"""A canvas for pictures of a few flat colors, smooth at the edges without oversampling all of it.

Every shape is a mask of coverage that is laid on a ramp between two colors of a palette. That takes a tenth
of the time of drawing a card larger, reducing it and finding its colors afterwards; each episode has one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from ivts_site import formatting as fmt
from ivts_site.charts.theme import COLOURS

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont, ImageFont

STEPS = 12
"""Shades of a ramp, both ends included; 21 ramps fit into a palette."""
FINE = 4
"""Oversampling of slanted and round edges."""

_STEP_OF_COVER = [round(cover * (STEPS - 1) / 255) for cover in range(256)]
_IS_COVERED = [255 * (step > 0) for step in _STEP_OF_COVER]
SPARE = str.maketrans({fmt.MINUS: "-", "▲": ""})
"""What the drawing library's own face has in place of characters that it lacks."""

Point = tuple[float, float]
Box = tuple[int, int, int, int]


def tint(role: str, share: float) -> str:
    """Return a role's color laid over the paper with an opacity."""
    return _mix(COLOURS[role], COLOURS["paper"], share)


class Canvas:
    """A picture of a fixed size in paper color; all places are in pixels from its upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        from PIL import Image  # noqa: PLC0415 (a drawing library that only cards need)

        self._paper = COLOURS["paper"]
        self._image = Image.new("P", (width, height), 0)
        self._ramps: dict[tuple[str, str], int] = {}
        self._palette: list[int] = []
        self._ramp(self._paper, self._paper)

    def text(  # noqa: PLR0913 - what a text is
        self, at: Point, text: str, role: str, size: int, anchor: str = "ls", *, ground: str = ""
    ) -> None:
        """Write a text with its anchor (Pillow's two letters) at a place, on a ground of one color."""
        from PIL import Image, ImageDraw  # noqa: PLC0415

        face, text = find_font(size), text.translate(SPARE)
        left, top, right, foot = (round(edge) for edge in face.getbbox(text, anchor=anchor))
        mask = Image.new("L", (max(right - left + 2, 1), max(foot - top + 2, 1)))
        ImageDraw.Draw(mask).text((1 - left, 1 - top), text, fill=255, font=face, anchor=anchor)
        place = (round(at[0]) + left - 1, round(at[1]) + top - 1)
        self.paste(mask, place, COLOURS[role], ground or self._paper)

    def fit(self, text: str, size: int, width: float) -> str:
        """Return a text, or as much of its beginning as fits into a width."""
        length = find_font(size).getlength
        if length(text) <= width:
            return text
        return next(cut for n in range(len(text), -1, -1) if length(cut := f"{text[:n]}…") <= width or not n)

    def wrap(self, text: str, size: int, width: float) -> list[str]:
        """Return a text as lines that fit into a width; a word that is longer than that is cut."""
        length = find_font(size).getlength
        lines: list[str] = []
        for word in text.split():
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and length(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return [self.fit(line, size, width) for line in lines]

    def box(self, left: float, top: float, right: float, foot: float, fill: str) -> None:
        """Fill a rectangle; its edges are rounded to pixels."""
        shade = self._ramp(fill, fill)
        self._image.paste(shade, (round(left), round(top), round(right), round(foot)))

    def sketch(self, left: float, top: float, right: float, foot: float) -> Sketch:
        """Begin shapes with smooth edges within a rectangle, to be laid down together."""
        return Sketch(self, (round(left), round(top), round(right), round(foot)))

    def png(self) -> bytes:
        """Return the picture; the same drawing gives the same bytes."""
        self._image.putpalette(self._palette)
        out = io.BytesIO()
        self._image.save(
            out, "PNG", compress_level=1
        )  # a third larger than by default, in a third of the time
        return out.getvalue()

    def paste(self, mask: Image, place: tuple[int, int], fill: str, ground: str) -> None:
        """Put a color on the picture, as far as a mask covers it, over a ground of one color."""
        base = self._ramp(fill, ground)
        shades = [base + step for step in _STEP_OF_COVER]
        self._image.paste(mask.point(shades), place, mask.point(_IS_COVERED))

    def _ramp(self, fill: str, ground: str) -> int:
        if (fill, ground) not in self._ramps:
            self._ramps[fill, ground] = len(self._palette) // 3
            steps = 1 if fill == ground else STEPS
            for step in range(steps):
                self._palette += bytes.fromhex(_mix(fill, ground, step / max(steps - 1, 1))[1:])
        return self._ramps[fill, ground]


class Sketch:
    """Shapes of one color within a rectangle of a canvas; what is drawn later covers what lies below."""

    def __init__(self, canvas: Canvas, box: Box) -> None:
        from PIL import Image, ImageDraw  # noqa: PLC0415

        self._canvas, self._box = canvas, box
        size = ((box[2] - box[0]) * FINE, (box[3] - box[1]) * FINE)
        self._mask = Image.new("L", size)
        self._draw = ImageDraw.Draw(self._mask)

    def line(self, points: Sequence[Point], width: float) -> None:
        """Draw a line through points."""
        self._draw.line(self._fine(points), fill=255, width=round(width * FINE), joint="curve")

    def dot(self, x: float, y: float, radius: float, opacity: float = 1.0) -> None:
        """Fill a circle."""
        ends = self._fine([(x - radius, y - radius), (x + radius, y + radius)])
        self._draw.ellipse(ends, fill=round(255 * opacity))

    def paste(self, fill: str, ground: str, left: float | None = None, right: float | None = None) -> None:
        """Put the shapes on the canvas between two verticals, over a ground of one color."""
        x, top, end, foot = self._box
        start = x if left is None else max(round(left), x)
        stop = end if right is None else min(round(right), end)
        if start < stop:
            part = self._mask.crop(((start - x) * FINE, 0, (stop - x) * FINE, (foot - top) * FINE))
            self._canvas.paste(part.reduce(FINE), (start, top), fill, ground)

    def _fine(self, points: Sequence[Point]) -> list[Point]:
        x, y = self._box[:2]
        return [((px - x) * FINE, (py - y) * FINE) for px, py in points]


@lru_cache(maxsize=32)
def find_font(size: int) -> FreeTypeFont | ImageFont:
    """Return the drawing library's own face in a size of pixels."""
    from PIL import ImageFont  # noqa: PLC0415

    return ImageFont.load_default(size)


@lru_cache(maxsize=2048)
def _mix(fill: str, ground: str, share: float) -> str:
    over, under = (bytes.fromhex(color[1:]) for color in (fill, ground))
    return "#" + bytes(round(share * a + (1 - share) * b) for a, b in zip(over, under, strict=True)).hex()
