"""The latest inversion before the longest one, both as heights above the line on one scale."""

from __future__ import annotations

import html

from ivts_site.analytics.results import Analysis
from ivts_site.charts.words import sample_words

HEIGHT = 100


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
        f'<svg viewBox="0 0 {width} {HEIGHT}" preserveAspectRatio="none" role="img" '
        f'aria-label="{html.escape(sample_words(title, sample=sample))}">'
        f'{areas}<path class="s-ink" d="M0 {HEIGHT}H{width}" vector-effect="non-scaling-stroke"/></svg>'
    )


def _area(heights: list[float], top: float) -> str:
    """Return an area of one unit's width a session, from the line up."""
    points = [round((1 - height / top) * HEIGHT, 1) for height in heights]
    steps = " ".join(f"V{y:g}H{x}" for x, y in enumerate(points, start=1))
    return f"M0 {HEIGHT}{steps}V{HEIGHT}z"
