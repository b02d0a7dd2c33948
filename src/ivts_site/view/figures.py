"""Charts as the templates see them: picture, words, table, downloads."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from ivts_site import formatting as f
from ivts_site.model import Chart, Table
from ivts_site.published.snapshot import Snapshot, Window
from ivts_site.view.parts import Cell, Column, RowView, TableView
from ivts_site.view.types import ChartView, RangeStatView, RangeView


def build_figures(
    charts: Sequence[Chart], snapshot: Snapshot, names: Sequence[str], *, raw_closes: bool
) -> tuple[ChartView, tuple[ChartView, ...]]:
    """Lay out the main chart, with its ranges, and the others.

    Parameters
    ----------
    charts : sequence of Chart
        At least one; the first is the main chart.
    snapshot : Snapshot
        Windows offered as ranges, and the rate in the default one.
    names : sequence of str
        What front and back are called.
    raw_closes : bool
        Whether downloads may hold closes; otherwise figures that hold them are only drawn.

    Returns
    -------
    tuple of ChartView and tuple of ChartView
        The main chart; the others in their order.
    """
    main, *others = charts
    credit = "" if snapshot.sample else build_credit(snapshot, names)
    first = _figure(main, raw_closes, credit, _ranges(snapshot), build_range_stat(snapshot.window))
    return first, tuple(_figure(chart, raw_closes, credit if chart.raw_closes else "") for chart in others)


def build_credit(snapshot: Snapshot, names: Sequence[str]) -> str:
    """Say where the closes of front and back came from: "VIX: Cboe. VIX3M: FRED to …, then Cboe."."""
    found = [
        (name, f.sources([(each.source, each.last_session) for each in series.ranges]))
        for name, series in zip(names, snapshot.series.values(), strict=False)
    ]
    return " ".join(f"{name}: {words}." for name, words in found if words)


def build_range_stat(window: Window) -> RangeStatView:
    """Word the backwardation rate of a window, with its counts and sessions, and the spread of the ratio."""
    first, last = f.date_long(window.first_session), f.date_long(window.last_session)
    low, high = f.ratio(window.ivts_min), f.ratio(window.ivts_max)
    return RangeStatView(
        part=f.count(window.n_backwardation),
        whole=f.count(window.n_sessions),
        rate=f.percent(window.backwardation_rate),
        first=first,
        last="" if last == first else last,
        low=low,
        high="" if high == low else high,
        median="" if window.n_sessions == 1 else f.ratio(window.ivts_percentiles.p50),
    )


def _figure(
    chart: Chart,
    raw_closes: bool,
    credit: str,
    ranges: tuple[RangeView, ...] = (),
    stat: RangeStatView | None = None,
) -> ChartView:
    return ChartView(
        id=chart.id,
        title=chart.title,
        description=chart.description,
        summary=chart.summary,
        svg=Markup(chart.svg),  # noqa: S704 - drawn by charts, which escapes its labels
        table=_table(chart.table),
        csv=f"charts/{chart.id}.csv",
        json=f"charts/{chart.id}.json",
        offers_json=raw_closes or not chart.raw_closes,
        key=chart.key,
        ranges=ranges,
        stat=stat,
        credit=credit,
    )


def _table(table: Table) -> TableView:
    first, *others = table.columns
    return TableView(
        caption=table.caption,
        columns=(Column(label=first), *(Column(label=label, numeric=True) for label in others)),
        rows=tuple(RowView(cells=tuple(Cell(text=text) for text in row)) for row in table.rows),
    )


def _ranges(s: Snapshot) -> tuple[RangeView, ...]:
    return tuple(
        RangeView(
            name=window.name,
            label="Max" if window.name == "all" else window.name.upper(),
            pressed=window.name == s.window.name,
        )
        for window in s.windows
    )
