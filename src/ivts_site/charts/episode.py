"""Pictures of one episode and of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts import theme
from ivts_site.charts.axes import date_axis, value_axis
from ivts_site.charts.picture import Caption, Item, draw
from ivts_site.charts.series import bounds, days, shaded_runs

LABEL_GAP = 0.09
_FACTOR = 1.02
"""Room above the highest bar of the timeline."""


def draw_episode(
    span: pd.DataFrame, labels: Mapping[str, str], threshold: float, *, name: str, sample: bool
) -> dict[str, str]:
    """Draw the sessions around an episode, those in backwardation shaded: SVG by name, empty without closes.

    `span` is from `slice_episode`; `labels` say what front, back and benchmark are called, `name` the
    episode in words, for the titles. The threshold is drawn through the ratio.
    """
    front, back, benchmark = (labels[column] for column in ("front", "back", "benchmark"))

    def caption(id_: str, title: str) -> Caption:
        text = f"{title} by session; sessions in backwardation are shaded."
        return Caption(id=id_, title=f"{title}, {name}", description=text, sample=sample)

    pairs = {"front": (front, "ink"), "back": (back, "muted")}
    level = value_axis(*bounds(span[list(pairs)].to_numpy().ravel()))
    last = span[list(pairs)].ffill().iloc[-1]
    ends = [(float(last[column]), *pair, pair[1] == "ink") for column, pair in pairs.items()]
    return {
        "ratio": _draw_lines(
            span[["ivts", "backwardation"]],
            caption("ratio", "Ratio"),
            value_axis(*bounds(span["ivts"].to_numpy(), threshold), places=2),
            shapes=[theme.rule_line(role="ink", along="x", at=threshold, axis="y")],
            notes=[theme.head_note(f"{front} ÷ {back}")],
        ),
        "indices": _draw_lines(
            span[["back", "front", "backwardation"]],
            caption("indices", f"{front} and {back}"),
            level,
            notes=[theme.head_note("index points"), *theme.end_notes(ends, level["range"], gap=LABEL_GAP)],
        ),
        "benchmark": ""
        if span["benchmark"].isna().all()
        else _draw_lines(
            span[["benchmark", "backwardation"]],
            caption("benchmark", benchmark),
            value_axis(*bounds(span["benchmark"].to_numpy())),
            shapes=[theme.rule_line(role="rule", along="x", at=100, axis="y")],
            notes=[theme.head_note(f"{benchmark}, close before the inversion = 100")],
        ),
    }


def _draw_lines(
    span: pd.DataFrame, caption: Caption, axis: Item, *, shapes: Sequence[Item] = (), notes: Sequence[Item]
) -> str:
    """Draw all columns but the last as lines, the back dashed; the last tells the sessions to shade."""
    low, high = axis["range"]
    x, y = shaded_runs(span["backwardation"])
    traces = [
        theme.line(
            span[column].to_numpy(),
            x=days(span.index),
            role="muted" if column == "back" else "ink",
            dash=theme.DASHES if column == "back" else "solid",
        )
        for column in span.columns[:-1]
    ]
    return draw(
        [*traces, theme.bands(x, low + y * (high - low))],
        caption,
        x=theme.x_axis(type="date", **date_axis(span.index[0], span.index[-1])),
        y=theme.y_axis(**axis),
        shapes=shapes,
        notes=notes,
        sample_at=None,
    )


def draw_timeline(analysis: Analysis, *, sample: bool) -> str:
    """Return all episodes along time: as wide as they lasted, as high as their highest ratio."""
    episodes, threshold = analysis.episodes, analysis.rules.threshold
    first, last = analysis.signal.index[0], analysis.signal.index[-1]
    start, end = days(episodes["first_session"]), days(episodes["last_session"])
    width = (end - start + np.timedelta64(1, "D")) / np.timedelta64(1, "ms")
    middle = start.astype("datetime64[ms]") + (width / 2).astype("timedelta64[ms]")
    top = episodes["max_ivts"].to_numpy(dtype=np.float64) - threshold
    axis = value_axis(threshold, threshold + max(float(top.max()) * _FACTOR, 0.01), places=2, pad=0.0)
    ticks = [tick for tick in axis["tickvals"] if tick >= threshold]
    text = "A bar for each inversion: as wide as it lasted, as high as its highest ratio."
    return draw(
        [theme.bars(middle, top, role="backwardation", name="", width=width.tolist(), outline=1)],
        Caption(id="timeline", title="Inversions", description=text, sample=sample),
        x=theme.x_axis(type="date", **date_axis(first, last)),
        y=theme.y_axis(
            range=[edge - threshold for edge in axis["range"]],
            tickvals=[tick - threshold for tick in ticks],
            ticktext=[fmt.fixed(tick, 2) for tick in ticks],
        ),
        notes=[theme.head_note("highest ratio")],
        sample_at=None,
    )
