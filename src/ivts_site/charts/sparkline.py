"""Small pictures: the ratio over the latest sessions, and the latest inversion before the longest one."""

from __future__ import annotations

import html
from collections.abc import Sequence
from itertools import groupby, pairwise

from ivts_site.analytics.results import Analysis
from ivts_site.charts.words import sample_words

WIDTH, HEIGHT = 600, 120
_TALL = 100
"""Height of the picture of two inversions."""
_PAD = 8
_TALLEST = 0.02
"""Least span of the ratio drawn over the whole height: calm weeks look calm."""


def draw_sparkline(
    ratios: Sequence[float], threshold: float, *, title: str, sample: bool, suspect: bool = False
) -> str:
    """Return a picture of the ratio, oldest first, as one inline SVG, for a box of class `spark`.

    The threshold is a level line; what lies above it is drawn thick. The last ratio is marked, by a ring
    where it rests on a suspect close.
    """
    low, high = min(*ratios, threshold), max(*ratios, threshold)
    span = max(high - low, _TALLEST)
    x = [_PAD + round(i * (WIDTH - 2 * _PAD) / max(len(ratios) - 1, 1)) for i in range(len(ratios))]
    y = [_PAD + round((high - ratio) / span * (HEIGHT - 2 * _PAD)) for ratio in ratios]
    level = _PAD + round((high - threshold) / span * (HEIGHT - 2 * _PAD))
    role = "backwardation" if ratios[-1] > threshold else "contango"
    mark = f"f-paper s-{role}" if suspect else f"f-{role} s-paper"
    at = x[-1] if len(x) > 1 else WIDTH // 2
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{html.escape(sample_words(title, sample=sample))}</title>"
        f'<path class="s-muted" stroke-dasharray="3 3" d="M0 {level}h{WIDTH}"/>'
        f'<path class="s-ink" stroke-width="1.5" d="{_path(x, y)}"/>'
        f"{_thick(x, y, [ratio > threshold for ratio in ratios])}"
        f'<circle class="{mark}" stroke-width="2" cx="{at}" cy="{y[-1]}" r="6"/></svg>'
    )


def _path(x: Sequence[int], y: Sequence[int]) -> str:
    steps = (f"{b - a} {d - c}" for (a, b), (c, d) in zip(pairwise(x), pairwise(y), strict=True))
    return f"M{x[0]} {y[0]}l{' '.join(steps)}" if len(x) > 1 else f"M{x[0]} {y[0]}h0"


def _thick(x: Sequence[int], y: Sequence[int], above: Sequence[bool]) -> str:
    """Return the runs above the threshold; a run of one session is a dot."""
    runs = [list(run) for inside, run in groupby(range(len(x)), key=above.__getitem__) if inside]
    paths = "".join(_path(x[run[0] : run[-1] + 1], y[run[0] : run[-1] + 1]) for run in runs)
    return f'<path class="s-backwardation thick" d="{paths}"/>' if paths else ""


def draw_inversions(analysis: Analysis, *, title: str, sample: bool) -> str:
    """Return a picture of the last and the longest inversion as one inline SVG; empty where there is none.

    Of equally long ones the first counts.
    """
    episodes = analysis.episodes
    if episodes.empty:
        return ""
    rows = [episodes.iloc[int(episodes["n_sessions"].argmax())], episodes.iloc[-1]]
    ratios = analysis.signal["ivts"]
    heights = [
        (ratios.loc[row["first_session"] : row["last_session"]] - analysis.rules.threshold).tolist()
        for row in rows
    ]
    top, width = max(map(max, heights)), max(map(len, heights))
    areas = "".join(
        f'<path class="f-backwardation" fill-opacity="{opacity}" d="{_area(part, top)}"/>'
        for part, opacity in zip(heights, ("0.3", "1"), strict=True)
    )
    return (
        f'<svg viewBox="0 0 {width} {_TALL}" preserveAspectRatio="none" role="img" '
        f'aria-label="{html.escape(sample_words(title, sample=sample))}">'
        f'{areas}<path class="s-ink" d="M0 {_TALL}H{width}" vector-effect="non-scaling-stroke"/></svg>'
    )


def _area(heights: list[float], top: float) -> str:
    """Return an area of one unit's width a session, from the line up."""
    points = [round((1 - height / top) * _TALL, 1) for height in heights]
    steps = " ".join(f"V{y:g}H{x}" for x, y in enumerate(points, start=1))
    return f"M0 {_TALL}{steps}V{_TALL}z"
