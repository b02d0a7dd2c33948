"""Pictures of one episode and of all: drawn by the renderer of the charts, without a chart behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts import theme, words
from ivts_site.charts.axes import date_axis, value_axis
from ivts_site.charts.series import bounds, days, shaded_runs
from ivts_site.charts.svg import draw_figure

LABEL_GAP = 0.09
_FACTOR = 1.02
"""Room above the highest bar of the timeline."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodePictures:
    """The pictures of an episode: the ratio, both indices, the benchmark (empty where it is not stored)."""

    ratio: str
    indices: str
    benchmark: str


def draw_episode(
    span: pd.DataFrame, labels: Mapping[str, str], threshold: float, *, name: str, sample: bool
) -> EpisodePictures:
    """Draw the sessions around an episode, those in backwardation shaded.

    Parameters
    ----------
    span : DataFrame
        From `slice_episode`.
    labels : mapping of str to str
        What front, back and benchmark are called.
    threshold : float
        Drawn through the ratio.
    name : str
        The episode in words, for the titles.
    sample : bool
        Whether the closes are simulated.
    """
    frame = _Frame(span=span, name=name, sample=sample)
    front, back, benchmark = (labels[column] for column in ("front", "back", "benchmark"))
    pairs = {"front": (front, "ink"), "back": (back, "muted")}
    level = value_axis(*bounds(span[list(pairs)].to_numpy().ravel()))
    last = span[list(pairs)].ffill().iloc[-1]
    ends = [(float(last[column]), *pair, pair[1] == "ink") for column, pair in pairs.items()]
    return EpisodePictures(
        ratio=frame.draw(
            "ratio",
            "Ratio",
            {"ivts": "ink"},
            value_axis(*bounds(span["ivts"].to_numpy(), threshold), places=2),
            shapes=[theme.rule_line(role="ink", along="x", at=threshold, axis="y")],
            notes=[theme.head_note(f"{front} ÷ {back}")],
        ),
        indices=frame.draw(
            "indices",
            f"{front} and {back}",
            {"back": "muted", "front": "ink"},
            level,
            notes=[theme.head_note("index points"), *theme.end_notes(ends, level["range"], gap=LABEL_GAP)],
        ),
        benchmark=""
        if span["benchmark"].isna().all()
        else frame.draw(
            "benchmark",
            benchmark,
            {"benchmark": "ink"},
            value_axis(*bounds(span["benchmark"].to_numpy())),
            shapes=[theme.rule_line(role="rule", along="x", at=100, axis="y")],
            notes=[theme.head_note(f"{benchmark}, close before the inversion = 100")],
        ),
    )


class _Frame:
    """What the pictures of an episode share: the dates, the shaded runs, the name."""

    def __init__(self, *, span: pd.DataFrame, name: str, sample: bool) -> None:
        self._span, self._name, self._sample = span, name, sample
        self._days = days(span.index)
        self._x = theme.x_axis(type="date", anchor="y", **date_axis(span.index[0], span.index[-1]))

    def draw(  # noqa: PLR0913 - the parts of a figure
        self,
        id_: str,
        title: str,
        lines: Mapping[str, str],
        axis: Mapping[str, Any],
        *,
        shapes: Sequence[Mapping[str, Any]] = (),
        notes: Sequence[Mapping[str, Any]] = (),
    ) -> str:
        """Draw columns of the span as lines, by column the role of its color; the back is dashed."""
        layout = {
            "xaxis": self._x,
            "yaxis": theme.y_axis(**axis),
            "shapes": shapes,
            "annotations": [*notes, *theme.sample_note(sample=self._sample)],
        }
        traces = [self._line(column, role) for column, role in lines.items()]
        traces.append(self._shade(axis["range"]))
        text = f"{title} by session; sessions in backwardation are shaded."
        return _draw(traces, layout, id_, f"{title}, {self._name}", text, sample=self._sample)

    def _line(self, column: str, role: str) -> theme.Trace:
        dash = "5px,3px" if column == "back" else "solid"
        return theme.line(self._span[column].to_numpy(), x=self._days, role=role, name=column, dash=dash)

    def _shade(self, range_: Sequence[float]) -> theme.Trace:
        """Return the runs of backwardation as bands over the whole height."""
        low, high = range_
        x, y = shaded_runs(self._span["backwardation"])
        return theme.bands(x, low + y * (high - low), name="backwardation")


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
    layout = theme.base_layout() | {
        "xaxis": theme.x_axis(type="date", anchor="y", **date_axis(first, last)),
        "yaxis": theme.y_axis(
            range=[edge - threshold for edge in axis["range"]],
            tickvals=[tick - threshold for tick in ticks],
            ticktext=[fmt.fixed(tick, 2) for tick in ticks],
        ),
        "shapes": [],
        "annotations": [theme.head_note("highest ratio"), *theme.sample_note(sample=sample)],
    }
    bars = theme.bars(middle, top, role="backwardation", name="", width=width.tolist(), outline=1)
    text = "A bar for each inversion: as wide as it lasted, as high as its highest ratio."
    return _draw([bars], layout, "timeline", "Inversions", text, sample=sample)


def _draw(  # noqa: PLR0913 - the parts of a figure
    traces: Sequence[Mapping[str, Any]],
    layout: Mapping[str, Any],
    id_: str,
    title: str,
    text: str,
    *,
    sample: bool,
) -> str:
    return draw_figure(
        traces, layout, id_=id_, title=title, description=words.sample_words(text, sample=sample)
    )
