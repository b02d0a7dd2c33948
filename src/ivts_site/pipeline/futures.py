"""The futures curve as a part of the site: its page, its files for machines, the curves of every month."""

from __future__ import annotations

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterator
from math import isnan
from typing import Any

import numpy as np
import pandas as pd

from ivts_site.analytics import Analysis
from ivts_site.analytics.futures import FuturesFound, measure_futures
from ivts_site.charts.export import figure_json
from ivts_site.charts.futures import (
    RECORDS,
    Tenor,
    build_futures_chart,
    build_futures_strip,
    draw_agreement,
    draw_compare,
    draw_futures,
    draw_holder,
    draw_years,
    session_columns,
)
from ivts_site.charts.options import Options
from ivts_site.charts.studies import Caption
from ivts_site.config import Config
from ivts_site.model import Chart, Column, Table
from ivts_site.pipeline.context import BuildContext, Part, picture
from ivts_site.pipeline.inputs import Inputs
from ivts_site.pipeline.pictures import ChartPictures, embed_part, named_events, picture_files
from ivts_site.published.futures import FuturesHistory
from ivts_site.published.numbers import exact_numbers
from ivts_site.published.serialize import to_json
from ivts_site.published.stats import unmarked
from ivts_site.published.tables import to_parquet
from ivts_site.render import Page
from ivts_site.words import futures as say
from ivts_site.words.share import share_chart
from ivts_site.words.site import Head

PATH = "futures/"
CURVES = "futures/curves"
API = "api/v1/futures"
SHOWN = 8
"""Contracts in the table, and in the files that are drawn from."""


def current_futures(config: Config, inputs: Inputs, analysis: Analysis) -> FuturesFound | None:
    """Return the futures curve as it was known after the last session; None where none is stored."""
    if inputs.futures is None:
        return None
    return measure_futures(
        inputs.futures,
        spot=analysis.panel.closes["front"],
        signal=analysis.signal,
        windows=config.statistics.windows,
        default_window=config.statistics.default_window,
        sample=inputs.sample,
    )


def futures_part(context: BuildContext) -> Part:
    """Make `futures/` with its files; nothing where no settlements are stored."""
    found = context.futures
    if found is None:
        return Part()
    chart = _chart(context, found)
    table = history_table(found.history, raw_closes=context.config.publish.raw_closes)
    s = say.futures_stats(found.futures)
    strip = build_futures_strip(
        found, named_events(context.content.events), title=unmarked(say.deepest_words(s))
    )
    pictures = picture_files((chart,), context.config.statistics.default_window, strip)
    embeds = embed_part(context, pictures, as_of=found.futures.as_of, page=PATH)
    files = {
        **pictures.files,
        f"{API}.json": to_json(found.futures).encode(),
        f"{API}.parquet": to_parquet(table, found.futures),
        f"charts/{chart.id}.json": figure_json(chart.figure),
        **dict(curve_files(found)),
    }
    page = Page(path=PATH, template="futures.html", make=lambda: lay_out_futures(context, found, pictures))
    return Part(
        files={**files, **embeds.files},
        pages=(page, *embeds.pages),
        tables={f"{API}.csv": table, f"charts/{chart.id}.csv": chart.table},
    )


def lay_out_futures(context: BuildContext, found: FuturesFound, pictures: ChartPictures) -> dict[str, object]:
    """Return what the template of the page reads.

    Returns
    -------
    dict
        `words`, what is true whatever the data; `s`, the record with the path of each number; `chart` and
        `drawn`, pictures; `compared`, the sessions that the comparison opens with; `say`, the sentences that
        depend on the data.
    """
    words, s = context.content.futures, say.futures_stats(found.futures)
    dates, (chart,) = _compared(found, words.dates), pictures.charts
    slopes = dict(zip(found.history.session, found.history.contango_m1_m2, strict=True))
    return {
        "head": Head.of(words, PATH),
        "words": words,
        "s": s,
        "say": say,
        "chart": chart,
        "pictures": pictures,
        "strip_picture": picture(pictures.strip.svg if pictures.strip else ""),
        "share": share_chart(chart, context.site, found.futures.as_of, PATH),
        "drawn": {
            "history": picture(chart.svg),
            **{name: picture(svg) for name, svg in _pictures(context, found, dates)},
        },
        "contracts": s.each("curve")[:SHOWN],
        "compared": dates,
        "first": found.history.session[0],
        "compare_title": say.compare_title({day: slopes[day] for day in dates}),
        "raw_closes": context.config.publish.raw_closes,
    }


def history_table(history: FuturesHistory, *, raw_closes: bool) -> Table:
    """Lay the history out as a table; settlements are in it where the site publishes raw closes."""
    named = ("contango_m1_m2", "contango_m4_m7", "constant_maturity_30", "basis", "roll_per_month")
    columns = [Column(name=name, values=getattr(history, name)) for name in named]
    places = enumerate(history.settle[:SHOWN], start=1) if raw_closes else ()
    settle = [Column(name=f"m{at}", values=values, key="settle") for at, values in places]
    session, *regime = session_columns(history)
    return Table(file=(session, *columns, *regime, *settle), records=RECORDS)


def curve_files(found: FuturesFound) -> Iterator[tuple[str, bytes]]:
    """Yield a file a month with the curve of each of its sessions, as the comparison draws it.

    A session holds the index close and pairs of days to expiry and settlement: a date costs a few kilobytes.
    """
    curves = found.curves
    days = np.nan_to_num(curves.days[:, :SHOWN]).astype(int).tolist()
    settle = np.round(curves.settle[:, :SHOWN], 4).tolist()
    marked = {"sample": True} if found.futures.sample else {}
    months: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for session, vix, *pairs in zip(
        found.history.session, exact_numbers(found.vix.round(4)), days, settle, strict=True
    ):
        curve = [pair for pair in zip(*pairs, strict=True) if not isnan(pair[1])]
        months[session[:7]][session] = {"vix": vix, "curve": curve} | marked
    for month, sessions in months.items():
        text = json.dumps(sessions, separators=(",", ":"), allow_nan=False)
        yield f"{CURVES}/{month}.json", f"{text}\n".encode()


def _chart(context: BuildContext, found: FuturesFound) -> Chart:
    s = say.futures_stats(found.futures)
    options = Options(raw_closes=context.config.publish.raw_closes, sample=found.futures.sample)
    # a script writes these, too: what it reads has no marks
    title, summary = (unmarked(text) for text in (say.history_title(s), say.history_words(s)))
    return build_futures_chart(found, options, title=title, summary=summary)


def _pictures(context: BuildContext, found: FuturesFound, compared: list[str]) -> Iterator[tuple[str, str]]:
    first, sample = found.futures.window.first_session, found.futures.sample

    def caption(id_: str, title: str, description: str) -> Caption:
        return Caption(id=f"futures-{id_}", title=title, description=description, sample=sample)

    yield (
        "curve",
        draw_futures(
            found,
            _tenors(context, pd.Timestamp(found.futures.as_of)),
            caption("curve", "VIX futures by days to expiry", "Settlements, spot VIX and index tenors."),
            window_first=first,
        ),
    )
    told = "Curves of some sessions by days to expiry."
    yield "compare", draw_compare(found, compared, caption("compare", "Compared curves", told))
    if len(found.agreeing.loc[first:]):
        told = "One dot a session of the window."
        yield (
            "agreement",
            draw_agreement(
                found, caption("agreement", "Futures slope and index ratio", told), window_first=first
            ),
        )
    if found.futures.holder is not None:
        price = "Price of 30 days and value of a position that always holds it."
        yield "holder", draw_holder(found, caption("holder", "Price and holder", price))
        years = "What the roll earned in each calendar year."
        yield "years", draw_years(found, caption("years", "Roll by calendar year", years))


def _tenors(context: BuildContext, session: pd.Timestamp) -> list[Tenor]:
    """Return the closes of the index tenors on a session, but for the VIX itself, which is drawn at day 0."""
    config, ratio = context.config, context.config.ratio
    panel, optional = context.analysis.panel.closes, context.inputs.optional.read()
    series = {**optional, ratio.front: panel["front"], ratio.back: panel["back"]}
    found = []
    for tenor in config.research.tenors:
        closes = series.get(tenor.series)
        close = closes.get(session) if closes is not None else None
        if close is not None and not np.isnan(close):
            found.append(Tenor(_short(tenor.days), tenor.days, float(close)))
    return sorted(found, key=lambda each: each.days)


def _short(days: int) -> str:
    return f"{days}D" if days <= 31 else f"{round(days / 30.6)}M"  # 93 days are three months, 184 six


def _compared(found: FuturesFound, wanted: tuple[dt.date, ...]) -> list[str]:
    known = set(found.history.session)
    dates = [day.isoformat() for day in wanted if day.isoformat() in known]
    return [found.futures.as_of, *(day for day in dates if day != found.futures.as_of)]
