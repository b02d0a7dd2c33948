"""A chart as a file of its own, for other pages: an SVG with its colors in it, and the same as PNG."""

from __future__ import annotations

import html
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import accumulate, pairwise
from math import dist

from ivts_site.charts.canvas import SPARE, find_font
from ivts_site.charts.svg import HEIGHT as FRAME_HEIGHT
from ivts_site.charts.svg import WIDTH as FRAME_WIDTH
from ivts_site.charts.theme import COLOURS, clean
from ivts_site.model import Chart

WIDTH, HEIGHT = 800, 450
LEFT, TOP, RIGHT, FOOT = 60, 84, 64, 62
"""Margins of the plot area: they hold title, axes and the source."""
SCALE, FINE = 1.5, 2
"""Pixels of the PNG for a unit of the SVG; how much larger it is drawn, for smooth edges."""
_COMMAND, _NUMBER = re.compile(r"([lhv])([^lhvz]*)"), re.compile(r"-?\d+(?:\.\d+)?")
_HIDDEN = {"n", "x"}
"""Classes of the labels that stand in narrower and wider pictures alone, see chart.css."""
_FACE = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def draw_standalone(chart: Chart, *, source: str, sample: bool) -> str:
    """Return the picture of a chart with its title above it and its source below it, in the light colors."""
    title = f"SAMPLE DATA: {chart.title}" if sample else chart.title
    inner = chart.svg.replace(
        "<svg ",
        f'<svg x="{LEFT}" y="{TOP}" width="{WIDTH - LEFT - RIGHT}" height="{HEIGHT - TOP - FOOT}" '
        'overflow="visible" ',
        1,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="{_FACE}"><style>{_style()}</style>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" class="f-paper"/>'
        f'<text class="head f-ink" x="20" y="36">{html.escape(clean(title))}</text>'
        f'{inner}<text class="t" x="20" y="{HEIGHT - 14}">{html.escape(clean(source))}</text></svg>\n'
    )


def draw_png(picture: str) -> bytes:
    """Return a standalone picture as PNG; the same picture gives the same bytes."""
    raster = _Raster()
    for element in ET.fromstring(picture):  # noqa: S314 - drawn by this package
        raster.draw(element, (0.0, 0.0, float(WIDTH), float(HEIGHT)), "")
    return raster.png()


def _style() -> str:
    roles = "".join(
        f".s-{role}{{stroke:{color}}}.f-{role}{{fill:{color}}}" for role, color in COLOURS.items()
    )
    return (
        f".t,.t-strong{{fill:{COLOURS['muted']};font-size:12px}}.t-strong{{font-weight:650}}"
        f".head{{font-size:18px;font-weight:650}}.halo{{paint-order:stroke;stroke:{COLOURS['paper']};"
        f"stroke-width:4px;stroke-linejoin:round}}{roles}path[class^=s-]{{fill:none}}"
        "circle[class^=s-]{fill:none}.n,.x{display:none}path{stroke-linejoin:round}"
    )


Box = tuple[float, float, float, float]
Line = list[tuple[float, float]]


class _Raster:
    """The few elements that charts are drawn with, as pixels."""

    def __init__(self) -> None:
        from PIL import Image, ImageDraw  # noqa: PLC0415 (a drawing library that only pictures need)

        self._unit = SCALE * FINE
        size = (round(WIDTH * self._unit), round(HEIGHT * self._unit))
        self._image = Image.new("RGB", size, COLOURS["paper"])
        self._pen = ImageDraw.Draw(self._image, "RGBA")

    def png(self) -> bytes:
        """Return what was drawn."""
        from PIL.Image import Dither, Quantize  # noqa: PLC0415

        small = self._image.reduce(FINE).quantize(256, method=Quantize.FASTOCTREE, dither=Dither.NONE)
        small.putpalette(_with_roles(small.getpalette() or []))
        out = io.BytesIO()
        small.save(out, "PNG")
        return out.getvalue()

    def draw(self, element: ET.Element, box: Box, above: str) -> None:
        """Draw an element within the box of the picture that holds it, and all that is inside it."""
        kind = element.tag.rpartition("}")[2]
        names = f"{above} {element.get('class', '')}".split()
        if _HIDDEN & set(names):
            return
        if kind in {"svg", "g"}:
            within = self._box(element, box) if kind == "svg" else box
            for inner in element:
                self.draw(inner, within, element.get("class", above))
        elif (
            kind == "line"
        ):  # a table of these methods, kept here, would keep the pixels: builds collect no cycles
            self._line(element, box, names)
        elif kind == "circle":
            self._circle(element, box, names)
        elif kind == "path":
            self._path(element, box, names)
        elif kind == "text":
            self._text(element, box, names)

    def _box(self, element: ET.Element, box: Box) -> Box:
        x, y, width, height = box
        return (
            x + _length(element.get("x", "0"), width),
            y + _length(element.get("y", "0"), height),
            _length(element.get("width", "100%"), width),
            _length(element.get("height", "100%"), height),
        )

    def _place(self, element: ET.Element, box: Box, x: str, y: str) -> tuple[float, float]:
        across = box[0] + _length(element.get(x, "0"), box[2])
        return across * self._unit, (box[1] + _length(element.get(y, "0"), box[3])) * self._unit

    def _line(self, element: ET.Element, box: Box, names: list[str]) -> None:
        ends = [self._place(element, box, x, y) for x, y in (("x1", "y1"), ("x2", "y2"))]
        self._stroke([ends], element, names)

    def _circle(self, element: ET.Element, box: Box, names: list[str]) -> None:
        x, y = self._place(element, box, "cx", "cy")
        radius, fill = float(element.get("r", "0")) * self._unit, _role(names, "f-")
        ends = (x - radius, y - radius, x + radius, y + radius)
        if fill:
            self._pen.ellipse(ends, fill=_color(fill, 1.0))
        else:
            self._pen.ellipse(ends, outline=_color(_role(names, "s-"), 1.0), width=round(1.25 * self._unit))

    def _path(self, element: ET.Element, box: Box, names: list[str]) -> None:
        left, top, width, height = (edge * self._unit for edge in box)
        lines = [
            [(left + x / FRAME_WIDTH * width, top + y / FRAME_HEIGHT * height) for x, y in line]
            for line in read_path(element.get("d", ""))
        ]
        fill = _role(names, "f-")
        if not fill:
            self._stroke(lines, element, names)
            return
        opacity = float(element.get("opacity", "1")) * float(element.get("fill-opacity", "1"))
        for line in lines:
            self._pen.polygon(line, fill=_color(fill, opacity))

    def _stroke(self, lines: list[Line], element: ET.Element, names: list[str]) -> None:
        width = max(round(float(element.get("stroke-width", "1")) * self._unit), 1)
        dash = [float(part) * self._unit for part in element.get("stroke-dasharray", "").split()]
        opacity = float(element.get("opacity", "1")) * float(element.get("stroke-opacity", "1"))
        color = _color(_role(names, "s-"), opacity)
        for line in lines:
            for part in _dashed(line, dash) if dash else [line]:
                self._pen.line(part, fill=color, width=width, joint="curve" if opacity >= 1 else None)

    def _text(self, element: ET.Element, box: Box, names: list[str]) -> None:
        x, y = self._place(element, box, "x", "y")
        shift = [float(element.get(name, "0")) * self._unit for name in ("dx", "dy")]
        self._pen.text(
            (x + shift[0], y + shift[1]),
            (element.text or "").translate(SPARE).strip(),
            fill=_color(_role(names, "f-") or "muted", 1.0),
            font=find_font(round((18 if "head" in names else 12) * self._unit)),
            anchor={"middle": "ms", "end": "rs"}.get(element.get("text-anchor", ""), "ls"),
            stroke_width=round(1.5 * self._unit) if "halo" in names else 0,
            stroke_fill=COLOURS["paper"],
        )


def _with_roles(palette: list[int]) -> list[int]:
    """Return a palette with the roles' own colors, of which quantizing leaves some a shade off."""
    roles = [_color(role, 1.0)[:3] for role in COLOURS]
    shades = zip(palette[::3], palette[1::3], palette[2::3], strict=True)
    near = [next((role for role in roles if dist(role, shade) < 3), shade) for shade in shades]
    return [part for shade in near for part in shade]


def _color(role: str, opacity: float) -> tuple[int, int, int, int]:
    red, green, blue = bytes.fromhex(COLOURS[role][1:])
    return red, green, blue, round(255 * opacity)


def read_path(data: str) -> Iterator[Line]:
    """Yield the lines of a path as `svg` writes them: an absolute start, then relative steps."""
    for shape in data.split("M")[1:]:
        steps: Line = []
        for command, text in _COMMAND.findall(f"l{shape}"):
            numbers = [float(number) for number in _NUMBER.findall(text)]
            if command == "l":
                steps += zip(numbers[::2], numbers[1::2], strict=True)
            else:
                steps += [(number, 0.0) if command == "h" else (0.0, number) for number in numbers]
        line = list(zip(*(accumulate(axis) for axis in zip(*steps, strict=True)), strict=True))
        yield [*line, line[0]] if shape.endswith("z") else line


def _dashed(line: Line, pattern: list[float]) -> Iterator[Line]:
    """Yield the drawn parts of a line with gaps."""
    on, left, part = True, pattern[0], line[:1]
    at = 0
    for (x, y), (to_x, to_y) in pairwise(line):
        length = ((to_x - x) ** 2 + (to_y - y) ** 2) ** 0.5
        done = 0.0
        while length - done > left:
            done += left
            point = (x + (to_x - x) * done / length, y + (to_y - y) * done / length)
            if on:
                yield [*part, point]
            part, on, at = [point], not on, at + 1
            left = pattern[at % len(pattern)]
        left -= length - done
        part.append((to_x, to_y))
    if on and len(part) > 1:
        yield part


def _length(text: str, whole: float) -> float:
    return float(text[:-1]) / 100 * whole if text.endswith("%") else float(text)


def _role(names: list[str], prefix: str) -> str:
    return next((name.removeprefix(prefix) for name in reversed(names) if name.startswith(prefix)), "")
