"""Numbers of a page that name the place of their origin, read from its HTML and held against the JSON."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_NUMBER = re.compile(r"([+\u2212-]?)([\d,]+(?:\.\d+)?)(.*)", re.DOTALL)
_DAY = re.compile(r"(\d{1,2}) ([A-Z][a-z]{2})[a-z]* (\d{4})$")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HUNDREDTHS = ("%", "pp")


@dataclass(frozen=True)
class Shown:
    """A marked text: where the page says it comes from, and what it says."""

    id: str
    text: str


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self._open: list[str | None] = []
        self._texts: list[list[str]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self._open.append(dict(attrs).get("data-stat"))
            self._texts.append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not self._open:
            return
        id_, pieces = self._open.pop(), self._texts.pop()
        text = "".join(pieces)
        if id_ is not None:
            self.found.append(Shown(id_, text.strip()))
        if self._texts:
            self._texts[-1].append(text)

    def handle_data(self, data: str) -> None:
        if self._texts:
            self._texts[-1].append(data)


def shown_numbers(html: str) -> list[Shown]:
    """Return every marked text of a page, in its order."""
    return _Reader(html).found


def look_up(files: dict[str, Any], id_: str) -> Any:
    """Return what a published file holds at the place that an id names; raises where there is none."""
    name, *keys = id_.split(".")
    value = files[name]
    for key in keys:
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value


def problem(shown: Shown, published: Any) -> str:
    """Say what is wrong with a marked text; nothing where it is the published value, rounded for reading."""
    if isinstance(published, str):
        told = as_iso(shown.text) or shown.text
        return "" if told.lower() == published.lower() else f"{shown.id}: {told!r} is not {published!r}"
    if isinstance(published, bool) or not isinstance(published, int | float):
        return f"{shown.id}: {shown.text!r} stands for {published!r}"
    number, half = read_number(shown.text)
    # half a unit of the last digit shown; the JSON has six places, which may lie on the edge
    off = abs(number - Decimal(repr(published)))
    return "" if off <= half + Decimal("5e-7") else f"{shown.id}: {shown.text!r} is not {published!r}"


def as_iso(text: str) -> str | None:
    """Return a day in words, "27 Feb 2026" or "27 February 2026", as an ISO date; None for any other text."""
    day = _DAY.fullmatch(text)
    return dt.date(int(day[3]), _MONTHS.index(day[2]) + 1, int(day[1])).isoformat() if day else None


def read_number(text: str) -> tuple[Decimal, Decimal]:
    """Return the number that a text begins with, and half a unit of its last digit."""
    found = _NUMBER.match(text)
    assert found, f"{text!r} is no number"
    digits = found[2].replace(",", "")
    scale = Decimal("0.01") if found[3].strip().startswith(_HUNDREDTHS) else Decimal(1)
    places = len(digits.partition(".")[2])
    sign = -1 if found[1] in {"\u2212", "-"} else 1
    return sign * Decimal(digits) * scale, Decimal(5).scaleb(-places - 1) * scale
