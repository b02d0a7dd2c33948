"""The picture that links to an episode's page show: length, highest ratio, return, the ratio around it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.results import Analysis
from ivts_site.charts import words
from ivts_site.charts.canvas import Canvas, tint
from ivts_site.charts.card import LEFT, RIGHT, SIZE, draw_frame
from ivts_site.charts.svg import runs
from ivts_site.charts.theme import COLOURS

TOP, FOOT = 308, 520
BAND = tint("backwardation", 0.12)


def build_episode_card(
    analysis: Analysis, row: int, span: pd.DataFrame, *, site_name: str, sample: bool
) -> bytes:
    """Return the card of the episode in a row of all as PNG; the same inputs give the same bytes.

    `span` has the sessions around it, from `slice_episode`.
    """
    canvas = Canvas(*SIZE)
    episode = {str(name): value for name, value in analysis.episodes.iloc[row].items()}
    corner = f"{words.name(analysis.panel.front)} / {words.name(analysis.panel.back)}"
    draw_frame(canvas, site_name=site_name, corner=corner, sample=sample)
    _draw_words(canvas, analysis, episode)
    _draw_ratio(canvas, analysis, episode, span)
    return canvas.png()


def _draw_words(canvas: Canvas, analysis: Analysis, episode: dict[str, Any]) -> None:
    first, last = episode["first_session"], episode["last_session"]
    canvas.text((LEFT, 170), f"{fmt.plural(episode['n_sessions'], 'session')}", "backwardation", 72)
    when = f"so far, since {fmt.date_short(first)}" if episode["ongoing"] else words.span(first, last)
    canvas.text((LEFT, 222), f"of backwardation {when}", "ink", 28)
    canvas.text((RIGHT, 170), fmt.ratio(episode["max_ivts"]), "ink", 72, "rs")
    canvas.text((RIGHT, 222), f"highest, {fmt.date_short(episode['max_session'])}", "muted", 28, "rs")
    change = fmt.percent_change(episode["spy_return"])
    if change != fmt.UNDEFINED:
        name = words.name(analysis.panel.benchmark)
        canvas.text((LEFT, 604), f"{name} {change} from the close before it to its last close", "muted", 28)


def _draw_ratio(canvas: Canvas, analysis: Analysis, episode: dict[str, Any], span: pd.DataFrame) -> None:
    ratios, threshold = span["ivts"].to_numpy(), analysis.rules.threshold
    low, high = min(np.nanmin(ratios), threshold), max(np.nanmax(ratios), threshold)
    pixel = (FOOT - TOP) / (high - low)
    x = LEFT + (np.arange(len(ratios)) + 0.5) / len(ratios) * (RIGHT - LEFT)
    y = FOOT - (ratios - low) * pixel
    level, half = FOOT - (threshold - low) * pixel, (RIGHT - LEFT) / len(ratios) / 2
    first, last = span.index.searchsorted([episode["first_session"], episode["last_session"]]).tolist()
    start, end = float(x[first] - half), float(x[last] + half)
    canvas.box(start, TOP - 16, end, FOOT + 10, BAND)
    canvas.box(LEFT, level - 1, RIGHT, level + 1, COLOURS["muted"])
    canvas.text((LEFT - 10, level), fmt.plain(threshold), "muted", 24, "rm")
    path = canvas.sketch(LEFT, TOP - 10, RIGHT, FOOT + 10)
    for run in runs(ratios):
        points = list(zip(x[run].tolist(), y[run].tolist(), strict=True))
        path.line(points, 4)
        path.dot(*points[0], 2)  # a run of one session is a dot
    path.paste(COLOURS["ink"], COLOURS["paper"], None, start)
    path.paste(COLOURS["backwardation"], BAND, start, end)
    path.paste(COLOURS["ink"], COLOURS["paper"], end, None)
    canvas.text((LEFT, FOOT + 44), fmt.date_short(span.index[0]), "muted", 28)
    canvas.text((RIGHT, FOOT + 44), fmt.date_short(span.index[-1]), "muted", 28, "rs")
