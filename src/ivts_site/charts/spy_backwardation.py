"""The benchmark through backwardation: its closes with the episodes marked, and its return in each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from ivts_site import formatting as fmt
from ivts_site.analytics.arrays import Flags
from ivts_site.analytics.results import Analysis
from ivts_site.analytics.rows import plain_columns
from ivts_site.charts import dated, theme, words
from ivts_site.charts.axes import log_axis, value_axis
from ivts_site.charts.export import rounded
from ivts_site.charts.options import Options, finish
from ivts_site.charts.series import bounds, build_series, days, episode_closes, latest
from ivts_site.charts.theme import Figure
from ivts_site.model import Chart, Column, Table
from ivts_site.published.episode import Episode
from ivts_site.published.numbers import exact_numbers

ID = "spy-backwardation"
TABLE_ROWS = 25
FILE = (
    "first_session",
    "last_session",
    "n_sessions",
    "max_session",
    "max_ivts",
    "spy_return",
    "spy_return_within",
    "spy_max_drawdown",
    "ongoing",
    "suspect",
)
"""Columns of the file."""
UPPER, LOWER = (0.38, 1.0), (0.0, 0.27)
DAY_MS = 86_400_000
BAR_SHARE = 0.0022
"""Width of a bar as a share of the time shown; the outline makes it at least a pixel."""


def build(analysis: Analysis, options: Options) -> Chart:
    """Return the chart of all stored sessions: closes above, one bar an episode below."""
    bench = words.name(analysis.panel.benchmark)
    series = build_series(analysis)
    views = dated.window_views(analysis, series.index, _fitter(analysis, series))
    return finish(
        _figure(analysis, series, options, views),
        id_=ID,
        title=f"{bench} during backwardation",
        description=(
            f"Above, {bench} closes on a logarithmic scale, sessions in backwardation drawn thick. "
            "Below, a bar for each inversion at its first session: "
            f"the {bench} return over it, measured from the last close before it."
        ),
        summary=_summary(analysis),
        raw_closes=True,
        table=_table(analysis),
        options=options,
        views=views,
    )


def _figure(
    analysis: Analysis, series: pd.DataFrame, options: Options, views: tuple[dated.View, ...]
) -> Figure:
    bench = words.name(analysis.panel.benchmark)
    return dated.open_figure(
        _traces(analysis, series),
        views,
        analysis.window.name,
        xaxis=theme.x_axis(type="date", anchor="y2"),
        yaxis=theme.y_axis(type="log", domain=list(UPPER)),
        yaxis2=theme.y_axis(domain=list(LOWER), anchor="x"),
        shapes=[theme.rule_line(role="ink", along="x", at=0, axis="y2")],
        annotations=[
            theme.head_note(f"{bench}, log scale"),
            theme.head_note(f"{bench} return per inversion, %", y=LOWER[1]) | {"yshift": 3},
            *theme.sample_note(sample=options.sample),
        ],
    )


def _fitter(analysis: Analysis, series: pd.DataFrame) -> dated.Fit:
    closes = series["benchmark"].to_numpy()
    begins = days(analysis.episodes["first_session"])
    percents = analysis.episodes["spy_return"].to_numpy(dtype=float) * 100

    def fit(shown: Flags) -> dated.Axes:
        inside = percents[np.isin(begins, days(series.index)[shown])]
        returns = value_axis(*bounds(inside, -1.0, 1.0), at_most=4, pad=0.08)
        return {"yaxis": log_axis(*bounds(closes[shown])), "yaxis2": returns}

    return fit


def _traces(analysis: Analysis, series: pd.DataFrame) -> list[Any]:
    bench = theme.hover_html(analysis.panel.benchmark.label)
    close = theme.line(
        series["benchmark"].to_numpy(),
        x=days(series.index),
        role="muted",
        width=1,
        name=words.name(analysis.panel.benchmark),
        hovertemplate=f"{bench} %{{y:,.2f}}<extra></extra>",
    )
    x, y = episode_closes(analysis, series)
    thick = theme.line(y, x=x, role="backwardation", width=2.5, name="backwardation", hoverinfo="skip")
    return [close, thick, _return_bars(analysis, series)]


def _return_bars(analysis: Analysis, series: pd.DataFrame) -> Any:
    """Return a bar for each defined return; the side of zero tells its sign, colors are for regimes."""
    episodes = analysis.episodes[analysis.episodes["spy_return"].notna()]
    length = max((series.index[-1] - series.index[0]).days, 1)
    width = float(max(round(length * BAR_SHARE), 1) * DAY_MS)
    return theme.bars(
        days(episodes["first_session"]),
        rounded(episodes["spy_return"] * 100, 4),
        role="ink",
        name="return",
        width=[width] * len(episodes),
        outline=1,
        yaxis="y2",
        hovertemplate="%{y:+.1f}%, %{customdata} sessions<extra></extra>",
        customdata=[int(n) for n in episodes["n_sessions"]],
    )


def _summary(analysis: Analysis) -> str:
    summary = analysis.episode_summary
    signal, bench = analysis.signal, words.name(analysis.panel.benchmark)
    dates = words.span(signal.index[0], signal.index[-1])
    if summary.n == 0:
        return f"There is no inversion in the stored history {dates}."
    mean = fmt.average(summary.mean_sessions, "session")
    median = fmt.average(summary.median_sessions, "session").split()[0]
    inversions, one = fmt.plural(summary.n, "inversion"), summary.n == 1
    first = f"There {'is' if one else 'are'} {inversions} in the stored history {dates}."
    length = f"It lasted {mean}." if one else f"They lasted {mean} on average; the median was {median}."
    return f"{first} {length} {_return_words(analysis, bench)}"


def _return_words(analysis: Analysis, bench: str) -> str:
    summary = analysis.episode_summary
    if summary.n_returns == 0:
        return f"No {bench} return is defined for want of stored closes."
    if summary.n_returns == 1:
        return f"The one defined {bench} return was {fmt.percent_change(summary.mean_spy_return)}."
    negative = int((analysis.episodes["spy_return"] < 0).sum())
    share = "" if summary.share_negative is None else f" ({fmt.percent(summary.share_negative, 0)})"
    return (
        f"The {bench} return averaged {fmt.percent_change(summary.mean_spy_return)}, with a median of "
        f"{fmt.percent_change(summary.median_spy_return)}, and was negative in "
        f"{fmt.share_of(negative, summary.n_returns, 'inversion')}{share}."
    )


def _table(analysis: Analysis) -> Table:
    episodes, bench = analysis.episodes, words.name(analysis.panel.benchmark)
    table = plain_columns(episodes[list(FILE)], exact_numbers)
    columns = {name: Column(name=name, values=values) for name, values in table.items()}
    ends = [
        "ongoing" if ongoing else fmt.date_short(last)
        for ongoing, last in zip(table["ongoing"], table["last_session"], strict=True)
    ]
    shown = latest(len(episodes), TABLE_ROWS)
    return Table(
        file=tuple(columns.values()),
        records=(Episode,),
        caption=f"The latest {fmt.plural(len(shown), 'inversion')}",
        page=(
            replace(columns["first_session"], label="Start", words=fmt.date_short),
            Column(name="end", values=ends, label="End"),
            replace(columns["n_sessions"], label="Sessions", words=fmt.count),
            replace(columns["max_ivts"], label="Max ratio", words=fmt.ratio),
            replace(columns["spy_return"], label=f"{bench} return", words=fmt.percent_change),
        ),
        shown=shown,
    )
