"""Means with their intervals: a dot and a whisker a row, hollow where the rival lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from ivts_site.charts import theme
from ivts_site.charts.axes import value_axis
from ivts_site.charts.studies.frame import Caption, Item, draw, percent_axis

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A row: its name, the mean, its interval and its rival where there are any, the mean in words."""

    label: str
    value: float
    text: str
    role: str
    interval: Pair | None = None
    rival: float | None = None
    hollow: bool = False


def draw_whiskers(
    rows: Sequence[Whisker],
    caption: Caption,
    *,
    reference: float | None = None,
    fractions: bool = True,
) -> str:
    """Return the picture, first row on top; `reference` is compared with, an upright dotted line."""
    heights = [float(len(rows) - 1 - position) for position in range(len(rows))]
    ends = [
        value
        for row in rows
        for value in chain((row.value,), row.interval or (), [] if row.rival is None else [row.rival])
    ]
    ends += [] if reference is None else [reference]
    placed = list(zip(rows, heights, strict=True))
    return draw(
        [
            *(theme.points([row.value], [y], role=row.role, size=9, hollow=row.hollow) for row, y in placed),
            *(
                theme.points([row.rival], [y], role="ink", size=9, hollow=True)
                for row, y in placed
                if row.rival is not None
            ),
        ],
        caption,
        x=theme.x_axis(**_scale(ends, fractions=fractions)),
        y=theme.y_axis(range=[-0.6, len(rows) - 0.4], tickvals=heights, ticktext=[row.label for row in rows]),
        shapes=[*_uprights(reference), *(shape for row, y in placed for shape in _bars(row, y))],
        notes=[_value(row, y) for row, y in placed],
        sample_at=(0.5, 1.0),
    )


def _scale(ends: Sequence[float], *, fractions: bool) -> Item:
    if fractions:
        return percent_axis(ends, at_most=5)
    return value_axis(min(0.0, *ends), max(0.0, *ends), at_most=4)


def _uprights(reference: float | None) -> list[Item]:
    zero = theme.rule_line(role="muted", along="y", at=0.0, axis="x")
    if reference is None:
        return [zero]
    return [zero, theme.rule_line(role="ink", along="y", at=reference, axis="x", dash="1px,3px", width=1.5)]


def _bars(row: Whisker, y: float) -> list[Item]:
    return [_bar(row.interval, y, row.role, 3.0)] if row.interval else []


def _bar(ends: Pair, y: float, role: str, width: float) -> Item:
    along = {"xref": "x", "x0": ends[0], "x1": ends[1]}
    return theme.rule_line(role=role, along="x", at=y, axis="y", width=width) | along


def _value(row: Whisker, y: float) -> Item:
    return theme.note(row.text, role="ink", x=1, yref="y", y=y, xshift=6)
