"""Means with their intervals: a dot and a whisker a row, hollow where the rival lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ivts_site.charts import theme
from ivts_site.charts.axes import value_axis
from ivts_site.charts.picture import DOTTED, Caption, draw, percent_axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Whisker:
    """A row: its name, the mean, its interval and its rival where there are any, the mean in words."""

    label: str
    value: float
    text: str
    role: str
    interval: tuple[float, float] | None = None
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
    placed = [(row, float(len(rows) - 1 - position)) for position, row in enumerate(rows)]
    rivals = [(row.rival, y) for row, y in placed if row.rival is not None]
    means = [row.value for row in rows] + ([] if reference is None else [reference])
    ends = [*means, *(x for x, _ in rivals), *(end for row in rows for end in row.interval or ())]
    uprights = [theme.rule_line(role="muted", along="y", at=0.0, axis="x")]
    if reference is not None:
        uprights.append(theme.rule_line(role="ink", along="y", at=reference, axis="x", **DOTTED))
    return draw(
        [
            *(theme.points([row.value], [y], role=row.role, size=9, hollow=row.hollow) for row, y in placed),
            *(theme.points([x], [y], role="ink", size=9, hollow=True) for x, y in rivals),
        ],
        caption,
        x=theme.x_axis(
            **(percent_axis(ends) if fractions else value_axis(min(0.0, *ends), max(0.0, *ends), at_most=4))
        ),
        y=theme.y_axis(
            range=[-0.6, len(rows) - 0.4],
            tickvals=[y for _, y in placed],
            ticktext=[row.label for row in rows],
        ),
        shapes=[
            *uprights,
            *(
                theme.rule_line(
                    role=row.role, along="x", at=y, axis="y", width=3.0, xref="x", x0=start, x1=end
                )
                for row, y in placed
                for start, end in ([row.interval] if row.interval else ())
            ),
        ],
        notes=[theme.note(row.text, role="ink", x=1, yref="y", y=y, xshift=6) for row, y in placed],
        sample_at=(0.5, 1.0),
    )
