"""Chances stated against what became of them: a dot a range on the diagonal of perfect forecasts."""

from __future__ import annotations

from ivts_site.analytics.studies.persistence import PersistenceScore
from ivts_site.charts import theme
from ivts_site.charts.studies.frame import PERCENT, Caption, draw, head_right

_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


def draw_reliability(score: PersistenceScore, caption: Caption, *, min_cases: int) -> str:
    """Return the picture; ranges with fewer than `min_cases` independent cases are hollow."""
    groups = [
        ([b for b in score.reliability if (b.n_clusters < min_cases) == hollow], hollow)
        for hollow in (False, True)
    ]
    axis = {
        "range": [-0.04, 1.04],
        "tickvals": list(_TICKS),
        "ticktext": [f"{tick * 100:.0f}{PERCENT}" for tick in _TICKS],
    }
    return draw(
        [
            theme.line([0, 1], x=[0, 1], role="muted", dash="1px,3px"),
            *(
                theme.points(
                    [b.stated for b in part], [b.held for b in part], role=score.regime, hollow=hollow
                )
                for part, hollow in groups
                if part
            ),
        ],
        caption,
        x=theme.x_axis(**axis),
        y=theme.y_axis(**axis),
        notes=[theme.head_note("came true"), head_right("chance stated")],
        sample_at=(0.5, 0.0),
    )
