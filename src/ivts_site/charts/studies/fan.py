"""Paths around an event: their median, the middle half shaded, the median around any session dotted."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.charts import theme
from ivts_site.charts.axes import round_ticks
from ivts_site.charts.studies.frame import Caption, area, draw, head_right, percent_axis

Path = Sequence[float]


def draw_fan(  # noqa: PLR0913 - five lines and what they are
    offsets: Sequence[int],
    *,
    median: Path,
    quartiles: tuple[Path, Path],
    baseline: Path,
    shared: Sequence[Path],
    caption: Caption,
    role: str,
) -> str:
    """Return the picture of returns, as fractions, against the close at the event, where the offset is 0.

    The value axis has room for the lines in `shared` too, so that two pictures can be compared.
    """
    lines = [*quartiles, median, baseline, *shared]
    traces = [area(offsets, *quartiles, role=role), theme.line(median, x=offsets, role=role, width=2.0)]
    if len(baseline):
        traces.append(theme.line(baseline, x=offsets, role="ink", dash="1px,3px"))
    ticks = round_ticks(offsets[0], offsets[-1], 6)
    return draw(
        traces,
        caption,
        x=theme.x_axis(
            range=[offsets[0] - 1, offsets[-1] + 1],
            tickvals=ticks,
            ticktext=[fmt.signed(tick, 0) for tick in ticks],
        ),
        y=theme.y_axis(**percent_axis(np.concatenate([np.asarray(line, dtype=float) for line in lines]))),
        shapes=[
            theme.rule_line(role="muted", along="x", at=0.0, axis="y"),
            theme.rule_line(role="muted", along="y", at=0.0, axis="x"),
        ],
        notes=[theme.head_note("against the close on day 0"), head_right("sessions")],
    )
