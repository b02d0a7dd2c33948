"""The share of sessions in backwardation over the last sessions, for several lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Flags, Floats
from ivts_site.analytics.results import Analysis
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import value_axis
from ivts_site.charts.export import rounded
from ivts_site.charts.options import Options, finish
from ivts_site.charts.picture import PERCENT
from ivts_site.charts.series import bounds, days, latest, session_columns
from ivts_site.model import Chart, Table
from ivts_site.published.history import History

ID = "rolling-rate"
STYLES = (("ink", "solid", 1.25), ("muted", theme.DASHES, 1.5), ("backwardation", "solid", 2.0))
"""Color role, dash and width of the lines, the shortest length first."""


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of the rolling rates over all stored sessions, opened at the default window."""
    lengths = fmt.listing([str(n) for n in analysis.rolling_rates.columns])
    rates = rounded(analysis.rolling_rates * 100, 3)

    def notes(axes: dated.Axes) -> list[dict[str, Any]]:
        labels = theme.end_notes(_ends(analysis, rates), axes["yaxis"]["range"])
        return [theme.head_note("rate"), *labels, *theme.sample_note(sample=options.sample)]

    views = dated.window_views(analysis, analysis.signal.index, _fitter(rates), notes)
    figure = dated.open_figure(
        _traces(analysis, rates),
        views,
        analysis.window.name,
        xaxis=theme.x_axis(type="date", anchor="y"),
        yaxis=theme.y_axis(),
    )
    return finish(
        figure,
        id_=ID,
        title="Rolling backwardation rate",
        description=f"Lines of the share of sessions in backwardation among the last {lengths} sessions.",
        summary=_summary(analysis),
        table=_table(analysis),
        options=options,
        views=views,
    )


def _traces(analysis: Analysis, rates: Floats) -> list[Any]:
    dates = days(analysis.signal.index)
    return [
        theme.line(
            rates[:, i],
            role=role,
            name=f"{n} sessions",
            dash=dash,
            width=width,
            hovertemplate=f"{n} sessions %{{y:.1f}}{PERCENT}<extra></extra>",
            **({"x": dates} if i == 0 else {}),
        )
        for i, (n, (role, dash, width)) in enumerate(_styled(analysis))
    ]


def _styled(analysis: Analysis) -> list[tuple[int, tuple[str, str, float]]]:
    return [(int(n), STYLES[i % len(STYLES)]) for i, n in enumerate(analysis.rolling_rates.columns)]


def _ends(analysis: Analysis, rates: Floats) -> list[tuple[float, str, str, bool]]:
    """Return the last rates with the lengths that name their lines; undefined ones have none."""
    ends = [(rates[-1, i], f"last {n}", role, False) for i, (n, (role, *_)) in enumerate(_styled(analysis))]
    return [end for end in ends if not np.isnan(end[0])]


def _fitter(rates: Floats) -> dated.Fit:
    def fit(shown: Flags) -> dict[str, dict[str, Any]]:
        _, high = bounds(rates[shown].ravel(), 0.0, 5.0)
        axis = value_axis(0, high, unit=PERCENT)
        axis["range"] = [0, min(axis["range"][1], 104.0)]
        return {"yaxis": axis}

    return fit


def _summary(analysis: Analysis) -> str:
    last = analysis.rolling_rates.iloc[-1]
    known = [
        (n, rate) for n, rate in zip(last.index.tolist(), last.tolist(), strict=True) if not np.isnan(rate)
    ]
    missing = [str(n) for n in last.index[last.isna()]]
    have = fmt.plural(len(analysis.signal), "session")
    lacking = f"The stored history of {have} is too short for the rate over {fmt.listing(missing)} sessions."
    if not known:
        return lacking
    shares = fmt.listing([f"{fmt.percent(rate)} over the last {n}" for n, rate in known])
    first = f"{words.today(analysis)} the backwardation rate was {shares} sessions."
    return f"{first} {lacking}" if missing else first


def _table(analysis: Analysis) -> Table:
    rates = analysis.rolling_rates
    said = {
        f"rate_{n}": {"key": "rolling_rates", "label": f"Last {n}", "words": fmt.percent}
        for n in rates.columns
    }
    columns = session_columns(rates.add_prefix("rate_"), **said)
    shown = latest(len(rates))
    return Table(
        file=columns,
        records=(History,),
        caption=f"Share of sessions in backwardation: the latest {fmt.plural(len(shown), 'session')}",
        page=columns,
        shown=shown,
    )
